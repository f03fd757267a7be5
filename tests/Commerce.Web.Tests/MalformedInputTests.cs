using System.Net.Sockets;
using System.Text;

namespace Commerce.Web.Tests;

/// <summary>Whatever a client sends that makes no sense is told so in a problem document: never a 500, never silence.</summary>
public sealed class MalformedInputTests(NoteShop shop) : IClassFixture<NoteShop>
{
    [Theory]
    [InlineData("""{"text":""", "text")]
    [InlineData("""{"text":"a",}""", "$")]
    [InlineData("nonsense", "$")]
    [InlineData("""{"text":"a"} and more""", "$")]
    [InlineData("""["text"]""", "$")]
    [InlineData("null", "$")]
    [InlineData("42", "$")]
    [InlineData("{}", "text")]
    [InlineData("""{"text":null}""", "text")]
    [InlineData("""{"text":5}""", "text")]
    [InlineData("""{"text":{"a":1}}""", "text")]
    [InlineData("""{"text":"a","text":"b"}""", "text")]
    [InlineData("""{"text":"a","lines":{}}""", "lines")]
    [InlineData("""{"text":"a","lines":[{"sku":"x","quantity":"1"}]}""", "lines[0].quantity")]
    [InlineData("""{"text":"a","lines":[{"sku":"x","quantity":1},{"sku":"y","quantity":1.5}]}""", "lines[1].quantity")]
    [InlineData("""{"text":"a","lines":[{"sku":"x","quantity":99999999999}]}""", "lines[0].quantity")]
    [InlineData("""{"text":"a","lines":[{"sku":"x"}]}""", "lines[0].quantity")]
    [InlineData("""{"text":"a","lines":[{"quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"text":"a","lines":[null]}""", "lines[0]")]
    [InlineData("""{"text":"a","lines":[{"sku":null,"quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"text":"a","lines":[{"sku":"x","quantity":0}]}""", "lines[0].quantity")]
    [InlineData("""{"text":"a","price":{"amount":"1.999","currency":"USD"}}""", "price")]
    [InlineData("""{"text":"a","price":{"amount":"10.00","currency":"KRW"}}""", "price")]
    [InlineData("""{"text":"a","price":{"amount":1.99,"currency":"USD"}}""", "price")]
    [InlineData("""{"text":"a","price":{"amount":"1.99","currency":"usd"}}""", "price")]
    [InlineData("""{"text":"a","price":"1.99"}""", "price")]
    [InlineData("""{"text":"a","at":"yesterday"}""", "at")]
    [InlineData("""{"text":"a","at":"2026-01-01T00:00:00"}""", "at")]
    [InlineData("""{"text":"a","at":1767225600}""", "at")]
    [InlineData("""{"text":"a","colour":"mauve"}""", "colour")]
    [InlineData("""{"text":"a","colour":1}""", "colour")]
    [InlineData("""{"text":"a","link":"not-a-uuid"}""", "link")]
    [InlineData("""{"text":"a","pinned":"yes"}""", "pinned")]
    [InlineData("""{"text":"a","labels":["x"]}""", "labels")]
    [InlineData("""{"text":"a\u0000b"}""", "text")]
    [InlineData("""{"text":"\ud800"}""", "text")]
    [InlineData("""{"text":"\udc00x"}""", "text")]
    [InlineData("""{"text":"a","lines":[{"sku":"x","quantity":1},{"sku":"\u0000","quantity":1}]}""", "lines[1].sku")]
    [InlineData("""{"text":"a","labels":{"k\u0000":"v"}}""", "labels")]
    [InlineData("""{"text":"a","ignored":{"deep":["\u0000"]}}""", "ignored.deep[0]")]
    [InlineData("""{"text":""}""", "text")]
    [InlineData("""{"text":"a","labels":{"k":null}}""", "labels.k")]
    public async Task A_wrong_body_is_a_400_that_names_the_field(string json, string path)
    {
        var answer = await shop.Client.PostAsync("/api/v1/notes", json);

        answer.Status.ShouldBe(400, answer.Text);
        answer.Problem().ShouldBe("validation");
        answer.ErrorPaths.ShouldContain(path, answer.Text);
        answer.Text.ShouldNotContain("System.");
        answer.Text.ShouldNotContain("Commerce.Web");
    }

    [Fact]
    public async Task Every_missing_field_is_named_at_once()
    {
        var answer = await shop.Client.PostAsync("/api/v1/notes", """{"text":"a","lines":[{}]}""");

        answer.ErrorPaths.ShouldBe(["lines[0].sku", "lines[0].quantity"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_body_deeper_than_the_limit_is_a_400()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 2000)) + string.Concat(Enumerable.Repeat("]", 2000));
        var answer = await shop.Client.PostAsync("/api/v1/notes", "{\"text\":\"a\",\"ignored\":" + deep + "}");

        answer.Status.ShouldBe(400, answer.Text);
        answer.Problem().ShouldBe("validation");
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_a_400()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/notes") { Content = new ByteArrayContent([.. "{\"text\":\""u8, 0xC3, 0x28, .. "\"}"u8]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");

        (await shop.Client.SendAsync(request, [])).Problem().ShouldBe("validation");
    }

    [Theory]
    [InlineData("""{"name":"\u0000"}""")]
    [InlineData("""{"\u0000":1}""")]
    [InlineData("""{"name":["\ud83d"]}""")]
    [InlineData("{")]
    public async Task A_body_without_a_fixed_shape_is_checked_alike(string json) =>
        (await shop.Client.AskAsync(HttpMethod.Patch, $"/api/v1/notes/{Guid.Empty}", json)).Problem().ShouldBe("validation");

    [Fact]
    public async Task Text_of_every_script_comes_back_as_it_went()
    {
        var answer = await shop.Client.PostAsync("/api/v1/notes", """{"text":"헤드폰 \ud83c\udfa7 naïve \"quoted\" <b>"}""");

        answer.Status.ShouldBe(201, answer.Text);
        answer.Json.GetProperty("text").GetString().ShouldBe("헤드폰 🎧 naïve \"quoted\" <b>");
        answer.Text.ShouldContain("헤드폰");
    }

    [Fact]
    public async Task Unknown_members_are_ignored_and_times_become_UTC()
    {
        var answer = await shop.Client.PostAsync(
            "/api/v1/notes", """{"Text":"a","unknown":1,"at":"2026-01-01T09:00:00.1234567+09:00","colour":"paleBlue","price":{"amount":"5.00","currency":"USD","x":1}}""");

        answer.Status.ShouldBe(201, answer.Text);
        answer.Json.GetProperty("at").GetString().ShouldBe("2026-01-01T00:00:00.123456Z");
        answer.Json.GetProperty("colour").GetString().ShouldBe("paleBlue");
        answer.Json.GetProperty("price").GetProperty("amount").GetString().ShouldBe("5.00");
    }

    [Fact]
    public async Task A_missing_body_is_a_400()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/notes") { Content = new ByteArrayContent([]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");

        var answer = await shop.Client.SendAsync(request, []);

        answer.Status.ShouldBe(400);
        answer.Problem().ShouldBe("validation");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    [InlineData(null)]
    public async Task Another_media_type_is_a_415(string? type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/notes") { Content = new ByteArrayContent("{\"text\":\"a\"}"u8.ToArray()) };
        if (type is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        var answer = await shop.Client.SendAsync(request, []);

        answer.Status.ShouldBe(415);
        answer.Problem().ShouldBe("unsupported-media-type");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_the_limit_is_a_413(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/notes");
        request.Content = new StringContent("{\"text\":\"" + new string('a', 2 * 1024 * 1024) + "\"}", Encoding.UTF8, "application/json");
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true;

        var answer = await shop.Client.SendAsync(request, []);

        answer.Status.ShouldBe(413);
        answer.Problem().ShouldBe("payload-too-large");
    }

    [Theory]
    [InlineData(2, 200)]
    [InlineData(4, 413)]
    public async Task A_streaming_endpoint_has_a_limit_of_its_own(int megabytes, int status)
    {
        foreach (var key in (string?[])[null, "import-" + megabytes])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/imports") { Content = new StringContent(new string('a', megabytes * 1024 * 1024)) };
            request.Headers.ExpectContinue = true;

            var answer = await shop.Client.SendAsync(request, key is null ? [] : [("Idempotency-Key", key)]);

            answer.Status.ShouldBe(status, answer.Text);
        }
    }

    [Theory]
    [InlineData("/api/v1/nothing", 404, "not-found")]
    [InlineData("/elsewhere", 404, "not-found")]
    [InlineData("/api/v1/notes/not-a-uuid", 404, "not-found")]
    [InlineData("/api/v1/notes/00000000-0000-0000-0000-000000000009", 404, "note-not-found")]
    [InlineData("/api/v1/notes?limit=0", 400, "validation")]
    [InlineData("/api/v1/notes?limit=101", 400, "validation")]
    [InlineData("/api/v1/notes?limit=ten", 400, "validation")]
    [InlineData("/api/v1/notes?limit=-1", 400, "validation")]
    [InlineData("/api/v1/notes?limit=", 400, "validation")]
    [InlineData("/api/v1/notes?limit=1&limit=2", 400, "validation")]
    [InlineData("/api/v1/notes?number=x", 400, "validation")]
    [InlineData("/api/v1/notes?asOf=now", 400, "validation")]
    [InlineData("/api/v1/notes?asOf=2026-01-01T00:00:00", 400, "validation")]
    [InlineData("/api/v1/notes?cursor=!!", 400, "validation")]
    [InlineData("/api/v1/notes?cursor=WzFd", 400, "validation")]
    [InlineData("/api/v1/notes?q=%00", 400, "validation")]
    [InlineData("/api/v1/notes?waitMs=-1", 400, "validation")]
    [InlineData("/api/v1/notes?waitMs=30001", 400, "validation")]
    [InlineData("/api/v1/notes?waitMs=x", 400, "validation")]
    public async Task A_wrong_address_or_query_is_told(string path, int status, string problem)
    {
        var answer = await shop.Client.GetAnswerAsync(path);

        answer.Status.ShouldBe(status, answer.Text);
        answer.Problem().ShouldBe(problem);
    }

    [Fact]
    public async Task A_wrong_method_is_a_405_that_lists_the_right_ones()
    {
        var answer = await shop.Client.AskAsync(HttpMethod.Delete, "/api/v1/notes");

        answer.Status.ShouldBe(405);
        answer.Problem().ShouldBe("method-not-allowed");
        answer.Header("Allow").ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("2026-01-01T00:00:00%2B09:00", "2025-12-31T15:00:00Z")]
    [InlineData("2026-01-01T00:00:00+09:00", "2025-12-31T15:00:00Z")]
    [InlineData("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.5Z")]
    public async Task A_time_in_the_query_may_forget_to_encode_its_plus(string text, string expected) =>
        (await shop.Client.GetAnswerAsync($"/api/v1/notes?asOf={text}")).Json.GetProperty("asOf").GetString().ShouldBe(expected);

    [Fact]
    public async Task Bytes_that_are_no_HTTP_end_in_a_400_and_a_living_server()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(shop.Client.BaseAddress!.Host, shop.Client.BaseAddress.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync("GET /api/v1/notes/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var answer = await reader.ReadToEndAsync();

        answer.ShouldStartWith("HTTP/1.1 4");
        (await shop.Client.GetAnswerAsync("/api/v1/notes")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("socket")]
    [InlineData("wrapped")]
    [InlineData("late")]
    [InlineData("57P01")]
    [InlineData("57P03")]
    [InlineData("57014")]
    [InlineData("53300")]
    [InlineData("53100")]
    [InlineData("08006")]
    [InlineData("28P01")]
    [InlineData("3D000")]
    [InlineData("40P01")]
    [InlineData("25006")]
    public async Task A_database_that_is_away_is_a_503_with_a_time_to_retry(string state)
    {
        var answer = await shop.Client.GetAnswerAsync("/api/v1/away/" + state);

        answer.Status.ShouldBe(503);
        answer.Problem().ShouldBe("database-unavailable");
        answer.Header("Retry-After").ShouldBe("2");
    }

    [Theory]
    [InlineData("42P01", 500, "internal-error")]
    [InlineData("22021", 400, "malformed-request")]
    public async Task Another_fault_of_a_statement_is_what_it_is(string state, int status, string problem)
    {
        var answer = await shop.Client.GetAnswerAsync("/api/v1/away/" + state);

        answer.Status.ShouldBe(status);
        answer.Problem().ShouldBe(problem);
    }

    [Fact]
    public async Task A_bug_is_a_500_that_tells_nothing_of_the_house()
    {
        var answer = await shop.Client.GetAnswerAsync("/api/v1/bug");

        answer.Status.ShouldBe(500);
        answer.Problem().ShouldBe("internal-error");
        answer.Text.ShouldNotContain("secret");
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
    }
}
