using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Cli.Import;

namespace Commerce.Cli.Export;

/// <summary>Writes a stream of the running Host as a fixture file, from which a test can begin.</summary>
internal static class ExportCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var stream = new Argument<Guid>("stream") { Description = "The stream's id: an order's, a product's, … ; GET /api/v1/events tells those of the others." };
        var file = new Option<FileInfo?>("--out") { Description = "The file to write; standard output without it." };
        var version = new Option<long?>("--version") { Description = "Events up to this version." };
        var asOf = new Option<string?>("--as-of") { Description = "Events up to this time, as 2026-01-31T09:30:00Z." };
        var url = new Option<string?>("--url") { Description = "The Host's address; else the running one's, else http://127.0.0.1:5080." };
        var apiKey = new Option<string?>("--api-key") { Description = "A staff key; else COMMERCE_BOOTSTRAP_API_KEY, else the one that ./dev run left." };
        var command = new Command("export", "Writes a stream of a running Host as a fixture for a test.") { stream, file, version, asOf, url, apiKey };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var limits = new[] { parsed.GetValue(version) is { } last ? $"version={last}" : null, parsed.GetValue(asOf) is { } at ? $"asOf={Uri.EscapeDataString(at)}" : null };
            var path = $"api/v1/events/streams/{parsed.GetValue(stream)}?{string.Join('&', limits.Where(limit => limit is not null))}";
            using var shop = new ShopConnection(() => HostLocation.Find(parsed.GetValue(url), parsed.GetValue(apiKey)), 1, Patience);
            try
            {
                var answer = await shop.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)), Patience, cancellationToken);
                if (!answer.IsSuccess)
                {
                    throw new ImportException($"The Host answered {answer.Describe()}");
                }

                var fixture = JsonNode.Parse(answer.Body)!.ToJsonString(Indented) + "\n";
                if (parsed.GetValue(file) is { } target)
                {
                    await File.WriteAllTextAsync(target.FullName, fixture, cancellationToken);
                }
                else
                {
                    await Console.Out.WriteAsync(fixture);
                }

                return 0;
            }
            catch (ImportException exception)
            {
                await Console.Error.WriteLineAsync(exception.Message);
                return 1;
            }
        });
        return command;
    }
}
