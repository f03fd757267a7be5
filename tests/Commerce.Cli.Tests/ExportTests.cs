using System.Text.Json;
using Commerce.Cli.Export;

namespace Commerce.Cli.Tests;

public sealed class ExportTests : IDisposable
{
    private const string Stream = "01890a5d-ac96-774b-bcce-b302099a8057";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("commerce-test-export-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_stream_of_a_running_shop_becomes_a_file()
    {
        await using var shop = new FakeShop();
        await shop.StartAsync();
        var file = Path.Combine(_folder.FullName, "order.json");

        (await RunAsync(shop, "--out", file, "--version", "7", "--as-of", "2026-01-31T09:30:00+09:00")).ShouldBe(0);

        var fixture = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file));
        fixture.GetProperty("streamId").GetString().ShouldBe(Stream);
        fixture.GetProperty("version").GetInt64().ShouldBe(7);
        fixture.GetProperty("asOf").GetString().ShouldBe("2026-01-31T09:30:00+09:00");
    }

    [Fact]
    public async Task A_stream_that_is_not_there_is_an_exit_code_and_no_file()
    {
        await using var shop = new FakeShop();
        await shop.StartAsync();
        var file = Path.Combine(_folder.FullName, "none.json");

        (await RunAsync(shop, "--out", file, "--version", "99")).ShouldBe(1);

        File.Exists(file).ShouldBeFalse();
    }

    private static Task<int> RunAsync(FakeShop shop, params string[] more) =>
        ExportCommand.Create().Parse([Stream, "--url", shop.Address.ToString(), "--api-key", "secret", .. more]).InvokeAsync();
}
