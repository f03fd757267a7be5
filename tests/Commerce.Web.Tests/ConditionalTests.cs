using Commerce.EventStore;

namespace Commerce.Web.Tests;

public sealed class ConditionalTests(NoteShop shop) : IClassFixture<NoteShop>
{
    private async Task<string> NoteAsync() => (await shop.Client.PostAsync("/api/v1/notes", """{"text":"first"}""")).Header("Location")!;

    [Fact]
    public async Task A_stream_has_its_version_as_a_strong_tag()
    {
        var path = await NoteAsync();

        (await shop.Client.GetAnswerAsync(path)).Header("ETag").ShouldBe("\"1\"");
        (await shop.Client.AskAsync(HttpMethod.Put, path, """{"text":"second"}""")).Header("ETag").ShouldBe("\"2\"");
    }

    [Theory]
    [InlineData("\"1\"", 200)]
    [InlineData("\"1-9f3c\"", 200)]
    [InlineData("*", 200)]
    [InlineData("\"0\"", 412)]
    [InlineData("\"2\"", 412)]
    [InlineData("W/\"1\"", 400)]
    [InlineData("1", 400)]
    [InlineData("\"\"", 400)]
    [InlineData("\"x\"", 400)]
    [InlineData("\"-1\"", 400)]
    [InlineData("\"1\", \"2\"", 400)]
    [InlineData("\"99999999999999999999\"", 400)]
    public async Task If_Match_names_the_version_that_a_change_is_meant_for(string tag, int status)
    {
        var path = await NoteAsync();

        var answer = await shop.Client.AskAsync(HttpMethod.Put, path, """{"text":"second"}""", ("If-Match", tag));

        answer.Status.ShouldBe(status, answer.Text);
        if (status == 412)
        {
            answer.Problem().ShouldBe("stale-version");
            answer.Json.GetProperty("currentVersion").GetInt64().ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("\"abc\"", 304)]
    [InlineData("W/\"abc\"", 304)]
    [InlineData("\"x\", \"abc\"", 304)]
    [InlineData("*", 304)]
    [InlineData("\"other\"", 200)]
    public async Task A_client_that_has_the_bytes_gets_a_304(string tag, int status)
    {
        var answer = await shop.Client.GetAnswerAsync("/api/v1/cached", ("If-None-Match", tag));

        answer.Status.ShouldBe(status);
        answer.Header("ETag").ShouldBe("\"abc\"");
        answer.Header("Cache-Control").ShouldBe("public, max-age=5");
        answer.Text.ShouldBe(status == 304 ? "" : """{"cached":true}""");
    }

    [Fact]
    public async Task A_token_of_a_write_is_awaited_by_reads_that_may_lag()
    {
        var token = (await shop.Client.PostAsync("/api/v1/notes", """{"text":"seen"}""")).Header("X-Consistency-Token")!;
        shop.Progress.Lag = new ProjectionLag(3, TimeSpan.FromMilliseconds(45));

        var there = await shop.Client.GetAnswerAsync("/api/v1/notes?waitMs=70", ("X-Consistency-Token", token));
        there.Status.ShouldBe(200);
        there.Header("X-Projection-Lag").ShouldBe("3;age=45");
        shop.Progress.LastWait.ShouldBe(TimeSpan.FromMilliseconds(70));

        shop.Progress.Reaches = false;
        var behind = await shop.Client.GetAnswerAsync("/api/v1/notes", ("X-Consistency-Token", token));
        shop.Progress.Reaches = true;
        behind.Status.ShouldBe(503);
        behind.Problem().ShouldBe("read-model-behind");
        behind.Header("Retry-After").ShouldBe("1");
        shop.Progress.LastWait.ShouldBe(TimeSpan.FromSeconds(2));
        (await shop.Client.GetAnswerAsync("/api/v1/inline-notes", ("X-Consistency-Token", token))).Header("X-Projection-Lag").ShouldBe("0;age=0");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("zz-1")]
    [InlineData("-1")]
    public async Task A_token_that_is_none_is_a_400(string token) =>
        (await shop.Client.GetAnswerAsync("/api/v1/notes", ("X-Consistency-Token", token))).Problem().ShouldBe("validation");
}
