using System.Net;
using Commerce.Testing;

namespace Commerce.Host.Tests;

public sealed class EdgeTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    [Fact]
    public async Task A_page_of_another_origin_may_call_and_read_the_contracts_headers()
    {
        using var ask = new HttpRequestMessage(HttpMethod.Options, "/api/v1/orders");
        ask.Headers.Add("Origin", "https://front.example");
        ask.Headers.Add("Access-Control-Request-Method", "POST");
        ask.Headers.Add("Access-Control-Request-Headers", "content-type,idempotency-key,x-api-key");
        using var allowed = await shop.Client.SendAsync(ask);
        allowed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        allowed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);

        using var call = new HttpRequestMessage(HttpMethod.Get, "/api/v1/orders/not-here");
        call.Headers.Add("Origin", "https://front.example");
        using var answer = await shop.Client.SendAsync(call);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        string.Join(',', answer.Headers.GetValues("Access-Control-Expose-Headers")).ShouldContain("X-Consistency-Token");
        answer.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
    }

    [Fact]
    public async Task Answers_are_compressed_for_clients_that_ask_for_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.AcceptEncoding.ParseAdd("br");
        using var answer = await shop.Client.SendAsync(request);

        answer.Content.Headers.ContentEncoding.ShouldBe(["br"]);
    }
}
