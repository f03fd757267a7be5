using System.Text.Json;
using Commerce.Architecture.Tests.BadSamples;
using Commerce.Architecture.Tests.Reading;
using Commerce.Architecture.Tests.Rules;
using Commerce.Testing;
using Commerce.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Architecture.Tests;

public sealed class SliceWallTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private static readonly SliceFile Bad = new(
        Path.Combine(Disk.Root, "tests/Commerce.Architecture.Tests/BadSamples/BadSlice.cs"), "Orders",
        ["Commerce.Architecture.Tests.BadSamples.OwnMessage", "Commerce.Architecture.Tests.BadSamples.BadSliceEndpoint", "Commerce.Architecture.Tests.BadSamples.BadSliceHandler"]);

    private static readonly SliceFile Foreign = new("Foreign.cs", "Orders", ["Commerce.Architecture.Tests.BadSamples.ForeignMessage"]);

    /// <summary>
    /// Refusals that a reader of the code can reach and a caller cannot, each with its reason. One that nothing reaches any more is found too.
    /// </summary>
    private static readonly IReadOnlyDictionary<(string Slice, string Refusal), string> Impossible = new Dictionary<(string, string), string>
    {
        [("LogIn", "SessionNotFound")] = "the session that it starts has a fresh id",
        [("Register", "SessionNotFound")] = "the session that it starts has a fresh id",
        [("ChangePassword", "SessionNotFound")] = "the sessions that it ends come from the account's own list",
        [("EndMySessions", "SessionNotFound")] = "the sessions that it ends come from the account's own list",
    };

    [Fact]
    public void The_slices_of_the_disk_are_the_slices_that_the_host_maps()
    {
        var mapped = Endpoints().Select(endpoint => endpoint.Metadata.GetMetadata<SliceMetadata>()!.Endpoint)
            .Where(endpoint => endpoint.Assembly != typeof(Program).Assembly).Select(endpoint => endpoint.FullName!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var written = SliceFile.All.Select(slice => slice.Types.SingleOrDefault(type => type.EndsWith($".{slice.Name}Endpoint", StringComparison.Ordinal)) ?? $"no endpoint in {slice.Path}")
            .Order(StringComparer.Ordinal);

        SliceFile.All.ShouldNotBeEmpty();
        Disk.Modules.ShouldAllBe(module => SliceFile.All.Any(slice => slice.Module == module));
        mapped.ShouldBe(written);
    }

    [Fact]
    public void A_slice_is_one_verb_in_one_short_file() =>
        SliceFile.All.SelectMany(slice => SliceWall.TooLong(slice).Concat(SliceWall.NotOneEndpoint(slice, Code.Module(slice.Module)))).ShouldBeEmpty();

    [Fact]
    public void No_slice_uses_another_ones_types() =>
        Disk.Modules.SelectMany(module => SliceWall.Strangers([.. SliceFile.All.Where(slice => slice.Module == module)], Code.Module(module))).ShouldBeEmpty();

    [Fact]
    public async Task An_endpoint_declares_every_status_that_its_refusals_have()
    {
        var declared = await DeclaredAsync();
        var missing = new List<string>();
        var found = 0;
        var needed = new HashSet<(string, string)>();
        foreach (var module in Disk.Modules)
        {
            var reach = new RefusalReach(Code.Module(module));
            foreach (var slice in SliceFile.All.Where(slice => slice.Module == module))
            {
                var refusals = reach.From(slice.Types);
                found += refusals.Count;
                foreach (var (refusal, status) in refusals.Where(refusal => !declared[slice.Name].Contains(refusal.Value)))
                {
                    var reached = (slice.Name, refusal.Split('.')[^1]);
                    if (!Impossible.ContainsKey(reached))
                    {
                        missing.Add($"{slice.Name} can answer {status} ({refusal}) and does not declare it.");
                    }

                    needed.Add(reached);
                }
            }
        }

        found.ShouldBeGreaterThan(SliceFile.All.Count);
        missing.ShouldBeEmpty();
        Impossible.Keys.Except(needed).ShouldBeEmpty();
    }

    [Fact]
    public void An_undeclared_refusal_is_found_behind_an_interface_and_an_await()
    {
        var refusals = new RefusalReach(Code.BadSamples).From(Bad.Types);

        refusals[typeof(UndeclaredRefusal).FullName!].ShouldBe(418);
        var builder = WebApplication.CreateBuilder();
        using var app = builder.Build();
        ((IEndpointRouteBuilder)app).MapSlice<BadSliceEndpoint>();
        var declared = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Single()
            .Metadata.GetOrderedMetadata<RefusalMetadata>().SelectMany(metadata => metadata.Refusals).Select(type => type.FullName);
        refusals.Keys.Except(declared).ShouldBe([typeof(UndeclaredRefusal).FullName]);
    }

    [Fact]
    public void A_stranger_is_found_even_if_only_a_state_machine_knows_it() =>
        SliceWall.Strangers([Bad, Foreign], Code.BadSamples).ShouldHaveSingleItem().ShouldContain("ForeignMessage");

    [Fact]
    public void A_slice_of_too_many_lines_or_endpoints_is_found()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "namespace Commerce.Long;\n" + new string('\n', SliceWall.MostLines) + "internal sealed record Long;\n");

        SliceWall.TooLong(SliceFile.Read(file, "Orders")).ShouldNotBeEmpty();
        SliceFile.Read(file, "Orders").Types.ShouldBe(["Commerce.Long.Long"]);
        SliceWall.NotOneEndpoint(Foreign, Code.BadSamples).ShouldNotBeEmpty();
        File.Delete(file);
    }

    private IEnumerable<RouteEndpoint> Endpoints() => shop.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<SliceMetadata>() is not null);

    /// <summary>The statuses of each operation as the published document has them.</summary>
    private async Task<Dictionary<string, HashSet<int>>> DeclaredAsync()
    {
        using var document = JsonDocument.Parse(await shop.Client.GetStringAsync("/openapi/v1.json"));
        return document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .Where(operation => operation.Value.ValueKind == JsonValueKind.Object && operation.Value.TryGetProperty("operationId", out _))
            .ToDictionary(
                operation => operation.Value.GetProperty("operationId").GetString()!,
                operation => operation.Value.GetProperty("responses").EnumerateObject().Select(response => int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture)).ToHashSet(),
                StringComparer.Ordinal);
    }
}
