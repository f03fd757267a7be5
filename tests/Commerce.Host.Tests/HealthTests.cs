using System.Text.Json;
using Commerce.Testing;

namespace Commerce.Host.Tests;

public sealed class HealthTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    [Fact]
    public async Task A_live_process_says_so_without_asking_anybody()
    {
        using var answer = await shop.Client.GetAsync("/health/live");

        var page = await ShopFixture.JsonAsync(answer, 200);
        page.GetProperty("status").GetString().ShouldBe("healthy");
    }

    [Fact]
    public async Task A_ready_shop_names_every_dependency()
    {
        using var answer = await shop.Client.GetAsync("/health/ready");

        var page = await ShopFixture.JsonAsync(answer, 200);
        var names = page.GetProperty("dependencies").EnumerateObject().Select(dependency => dependency.Name).ToList();
        names.ShouldContain("postgres");
        names.ShouldContain("redis");
        names.ShouldContain("projections:Orders");
        names.ShouldContain("projections:Inventory");
        page.GetProperty("dependencies").GetProperty("postgres").GetProperty("status").ValueKind.ShouldBe(JsonValueKind.String);
    }
}
