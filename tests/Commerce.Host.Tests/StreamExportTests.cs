using System.Net;
using System.Text.Json;
using Commerce.EventStore.History;
using Commerce.Testing;

namespace Commerce.Host.Tests;

/// <summary>An operator takes a stream out as a file, and puts one away.</summary>
public sealed class StreamExportTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    [Fact]
    public async Task A_stream_is_exported_as_it_is_stored_without_its_secrets()
    {
        var product = await shop.StockProductAsync(5);
        var order = (await shop.PlaceOrderAsync((product.Sku, 1))).GetProperty("id").GetGuid();

        var text = await (await shop.StaffClient.GetAsync($"/api/v1/events/streams/{order}")).Content.ReadAsStringAsync();
        var fixture = StreamFixture.Parse(text);

        fixture.StreamType.ShouldBe("order");
        fixture.Events.Select(e => (e.Type, e.Version)).ShouldBe([("order_placed", 1L)]);
        fixture.Events[0].Data.TryGetProperty("accessHash", out _).ShouldBeFalse();
        fixture.Events[0].Data.GetProperty("number").GetString().ShouldNotBeNullOrEmpty();
        fixture.Bodies(shop.Store.Types).ShouldHaveSingleItem().GetType().Name.ShouldBe("OrderPlaced");
    }

    [Fact]
    public async Task A_stream_is_exported_as_it_was()
    {
        var product = await shop.StockProductAsync(5);
        var whole = await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync($"/api/v1/events/streams/{product.Id}"), 200);
        whole.GetProperty("events").GetArrayLength().ShouldBeGreaterThan(1);

        var first = await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync($"/api/v1/events/streams/{product.Id}?version=1"), 200);

        first.GetProperty("events").GetArrayLength().ShouldBe(1);
        using var before = await shop.StaffClient.GetAsync($"/api/v1/events/streams/{product.Id}?asOf=2000-01-01T00:00:00Z");
        before.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("?version=0", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_is_not_exported(string query, HttpStatusCode expected)
    {
        using var answer = await shop.StaffClient.GetAsync($"/api/v1/events/streams/01890a5d-ac96-774b-bcce-b302099a8057{query}");

        answer.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Streams_are_nobodys_but_the_operators()
    {
        using var read = await shop.Client.GetAsync("/api/v1/events/streams/01890a5d-ac96-774b-bcce-b302099a8057");
        using var archive = await shop.Client.PostAsync("/api/v1/events/streams/01890a5d-ac96-774b-bcce-b302099a8057/archive", null);

        read.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        archive.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_archived_order_is_still_shown_and_changes_no_more()
    {
        var product = await shop.StockProductAsync(5);
        var order = (await shop.PlaceOrderAsync((product.Sku, 1))).GetProperty("id").GetGuid();

        (await ShopFixture.JsonAsync(await shop.StaffClient.PostAsync($"/api/v1/events/streams/{order}/archive", null), 200)).GetProperty("wasArchived").GetBoolean().ShouldBeTrue();
        (await ShopFixture.JsonAsync(await shop.StaffClient.PostAsync($"/api/v1/events/streams/{order}/archive", null), 200)).GetProperty("wasArchived").GetBoolean().ShouldBeFalse();

        (await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync($"/api/v1/orders/{order}"), 200)).GetProperty("status").GetString().ShouldBe("placed");
        (await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync($"/api/v1/orders/{order}?version=1"), 200)).GetProperty("status").GetString().ShouldBe("placed");
        using var cancel = await shop.StaffClient.PostAsync($"/api/v1/orders/{order}/cancel", new StringContent("""{"reason":"late"}""", System.Text.Encoding.UTF8, "application/json"));
        cancel.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        JsonSerializer.Deserialize<JsonElement>(await cancel.Content.ReadAsStringAsync()).GetProperty("type").GetString().ShouldNotBeNull().ShouldContain("archived");
        using var nothing = await shop.StaffClient.PostAsync("/api/v1/events/streams/01890a5d-ac96-774b-bcce-b302099a8057/archive", null);
        nothing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
