using Commerce.EventStore;

namespace Commerce.Web.Tests;

public sealed class IdempotencyTests(NoteShop shop) : IClassFixture<NoteShop>
{
    private static (string, string) Key(string key) => ("Idempotency-Key", key);

    private static string Fresh() => Identifiers.Next().ToString();

    [Fact]
    public async Task A_repeat_gets_the_first_answer_byte_for_byte()
    {
        var key = Key(Fresh());
        var first = await shop.Client.PostAsync("/api/v1/notes", """{"text":"once"}""", key);
        var second = await shop.Client.PostAsync("/api/v1/notes", """{"text":"once"}""", key);

        first.Status.ShouldBe(201);
        first.Header("Idempotent-Replayed").ShouldBeNull();
        second.Status.ShouldBe(201);
        second.Bytes.ShouldBe(first.Bytes);
        second.Header("Idempotent-Replayed").ShouldBe("true");
        foreach (var header in (string[])["Location", "ETag", "Content-Type"])
        {
            second.Header(header).ShouldBe(first.Header(header));
        }

        second.Header("X-Consistency-Token").ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("early")]
    [InlineData("late")]
    public async Task A_refusal_is_repeated_too_with_its_first_traceId(string text)
    {
        var key = Key(Fresh());
        var first = await shop.Client.PostAsync("/api/v1/notes", $$"""{"text":"{{text}}"}""", key);
        var second = await shop.Client.PostAsync("/api/v1/notes", $$"""{"text":"{{text}}"}""", key);

        first.Status.ShouldBe(409);
        first.Problem().ShouldBe("note-refused");
        first.Json.GetProperty("word").GetString().ShouldBe(text);
        second.Bytes.ShouldBe(first.Bytes);
        second.Header("Idempotent-Replayed").ShouldBe("true");
    }

    [Fact]
    public async Task Another_body_under_the_same_key_is_a_422()
    {
        var key = Key(Fresh());
        await shop.Client.PostAsync("/api/v1/notes", """{"text":"one"}""", key);

        foreach (var body in (string[])["two", "early", "late"])
        {
            var answer = await shop.Client.PostAsync("/api/v1/notes", $$"""{"text":"{{body}}"}""", key);
            answer.Status.ShouldBe(422);
            answer.Problem().ShouldBe("idempotency-key-reused");
        }
    }

    [Fact]
    public async Task The_query_and_the_path_belong_to_the_request()
    {
        var key = Key(Fresh());
        (await shop.Client.PostAsync("/api/v1/notes?a=1", """{"text":"one"}""", key)).Status.ShouldBe(201);

        (await shop.Client.PostAsync("/api/v1/notes?a=2", """{"text":"one"}""", key)).Status.ShouldBe(422);
    }

    [Fact]
    public async Task A_malformed_request_leaves_its_key_free()
    {
        var key = Key(Fresh());
        (await shop.Client.PostAsync("/api/v1/notes", """{"text":""}""", key)).Status.ShouldBe(400);

        (await shop.Client.PostAsync("/api/v1/notes", """{"text":"right"}""", key)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Keys_of_different_callers_do_not_meet()
    {
        var key = Key(Fresh());
        var one = await shop.Client.PostAsync("/api/v1/notes", """{"text":"mine"}""", key, ("X-Test-Caller", $"customer {Identifiers.Next()}"));
        var other = await shop.Client.PostAsync("/api/v1/notes", """{"text":"yours"}""", key, ("X-Test-Caller", $"customer {Identifiers.Next()}"));
        var guest = await shop.Client.PostAsync("/api/v1/notes", """{"text":"ours"}""", key, ("X-Guest-Token", "secret"));

        new[] { one.Status, other.Status, guest.Status }.ShouldBe([201, 201, 201]);
    }

    [Fact]
    public async Task Many_at_once_under_one_key_run_once()
    {
        var key = Key(Fresh());
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => shop.Client.PostAsync("/api/v1/notes", """{"text":"race"}""", key)));

        answers.Select(answer => answer.Status).Distinct().ShouldBe([201]);
        answers.Select(answer => answer.Text).Distinct().Count().ShouldBe(1);
        answers.Count(answer => answer.Header("Idempotent-Replayed") is null).ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("tab\tinside")]
    public async Task A_key_of_other_than_printable_ASCII_is_a_400(string key)
    {
        var answer = await shop.Client.PostAsync("/api/v1/notes", """{"text":"a"}""", Key(key));

        answer.Status.ShouldBe(400);
        answer.ErrorPaths.ShouldContain("Idempotency-Key");
    }

    [Theory]
    [InlineData(255, 201)]
    [InlineData(256, 400)]
    public async Task A_key_has_at_most_255_characters(int length, int status) =>
        (await shop.Client.PostAsync("/api/v1/notes", """{"text":"a"}""", Key(Fresh().PadRight(length, 'k')))).Status.ShouldBe(status);

    [Fact]
    public async Task Where_a_key_is_required_its_absence_is_a_400()
    {
        var answer = await shop.Client.AskAsync(HttpMethod.Post, "/api/v1/must-have-key");

        answer.Status.ShouldBe(400);
        answer.Problem().ShouldBe("idempotency-key-required");
    }

    [Fact]
    public async Task A_secret_is_never_kept()
    {
        var key = Key(Fresh());
        var first = await shop.Client.PostAsync("/api/v1/secrets", """{"text":"a"}""", key);
        var second = await shop.Client.PostAsync("/api/v1/secrets", """{"text":"a"}""", key);

        second.Status.ShouldBe(200);
        second.Text.ShouldNotBe(first.Text);
        second.Header("Idempotent-Replayed").ShouldBeNull();
    }

    [Fact]
    public async Task A_write_that_changes_nothing_has_a_token_and_can_be_repeated()
    {
        var key = Key(Fresh());
        var first = await shop.Client.PostAsync("/api/v1/notes", """{"text":"same"}""", key);
        var second = await shop.Client.PostAsync("/api/v1/notes", """{"text":"same"}""", key);

        first.Status.ShouldBe(201, first.Text);
        first.Header("X-Consistency-Token").ShouldNotBeNullOrEmpty();
        second.Bytes.ShouldBe(first.Bytes);
    }
}
