using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Commerce.Architecture.Tests.BadSamples;
using Commerce.Architecture.Tests.Reading;
using Commerce.Architecture.Tests.Rules;
using Commerce.EventStore;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Architecture.Tests;

public sealed class HistoryWallTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private static readonly string Golden = Path.Combine(Disk.Root, "tests/Commerce.Architecture.Tests/Golden");
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private IReadOnlyList<EventType> Events => [.. shop.Store.Types.Events.OrderBy(e => e.Name, StringComparer.Ordinal)];

    [Fact]
    public void Every_event_has_a_name_that_will_last()
    {
        Events.ShouldNotBeEmpty();
        Disk.Modules.Where(module => Events.All(e => e.ClrType.Assembly.GetName().Name != $"Commerce.{module}"))
            .ShouldBeSubsetOf(["Messages", "Recommendations"], "A module without events of its own follows others; say so here.");
        Events.ShouldAllBe(e => Regex.IsMatch(e.Name, "^[a-z][a-z0-9]*(_[a-z0-9]+)*$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        string.Join('\n', Events.Select(e => $"{e.Name} in {shop.Store.Types.Aggregate(e.Aggregate).StreamType}")).ShouldMatchApproved(options => options.NoDiff().SubFolder("Approved"));
    }

    [Fact]
    public void Every_event_has_the_JSON_that_was_approved()
    {
        var differing = new List<string>();
        foreach (var e in Events)
        {
            var file = Path.Combine(Golden, e.Name + ".json");
            var now = Write(e);
            if (!File.Exists(file) || File.ReadAllText(file) != now)
            {
                File.WriteAllText(Path.Combine(Golden, e.Name + ".received.json"), now);
                differing.Add(File.Exists(file) ? $"{e.Name}: {string.Join(", ", Lost(File.ReadAllText(file), now).DefaultIfEmpty("fields were added"))}" : $"{e.Name} is new");
            }
        }

        differing.ShouldBeEmpty("Compare the .received.json files in Golden. A field that was removed or has another type needs a new event name, or an upcaster; a new one is approved by renaming the file.");
    }

    [Fact]
    public void Every_JSON_that_was_ever_approved_can_be_read()
    {
        var approved = Directory.EnumerateFiles(Golden, "*.json").Where(file => !file.EndsWith(".received.json", StringComparison.Ordinal)).ToList();
        approved.Count.ShouldBeGreaterThanOrEqualTo(Events.Count);
        foreach (var file in approved)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            shop.Store.Types.Knows(name).ShouldBeTrue($"{name} was stored once; it needs an upcaster when no type has this name any more.");
            shop.Store.Types.Deserialize(name, File.ReadAllBytes(file)).ShouldNotBeNull();
        }
    }

    [Fact]
    public void Every_event_is_known_to_its_aggregate()
    {
        var overlooked = Events.Where(e => !HistoryWall.MentionedBy(Code.Assembly(e.Aggregate.Assembly.GetName().Name!), e.Aggregate.FullName!, "Evolve").Contains(e.ClrType.FullName!));

        overlooked.Select(e => $"{e.Aggregate.Name}.Evolve overlooks {e.Name}").ShouldBeEmpty();
    }

    [Fact]
    public void What_a_projection_leaves_out_is_approved()
    {
        var text = new StringBuilder();
        foreach (var projection in shop.Services.GetServices<IInlineProjection>().OrderBy(projection => projection.Name, StringComparer.Ordinal))
        {
            var assembly = Code.Assembly(projection.GetType().Assembly.GetName().Name!);
            var mentioned = HistoryWall.MentionedBy(assembly, projection.GetType().FullName!, "Project");
            var mine = Events.Where(e => e.Aggregate == projection.Aggregate).ToList();
            mine.ShouldNotBeEmpty(projection.Name);
            var (looked, left) = (Names(mine.Where(e => mentioned.Contains(e.ClrType.FullName!))), Names(mine.Where(e => !mentioned.Contains(e.ClrType.FullName!))));
            text.Append(projection.Name).Append(": ").Append((mentioned.Contains(HistoryWall.State), looked.Length > 0, left.Length > 0) switch
            {
                (true, false, _) => "writes the state after all events",
                (true, true, _) => $"writes the state after all events, and looks at {looked} besides",
                (false, true, true) => $"looks at {looked}; leaves out {left}",
                (false, true, false) => "looks at every event",
                (false, false, _) => "LOOKS AT NOTHING",
            }).Append('\n');
        }

        text.ToString().ShouldNotContain("NOTHING");
        text.ToString().TrimEnd().ShouldMatchApproved(options => options.NoDiff().SubFolder("Approved"));
    }

    [Fact]
    public void What_a_subscription_hears_of_is_approved()
    {
        var text = new StringBuilder();
        foreach (var subscription in shop.Services.GetServices<ISubscription>().OrderBy(subscription => subscription.Name, StringComparer.Ordinal))
        {
            subscription.Handles.ShouldNotBeEmpty(subscription.Name);
            var mentioned = HistoryWall.MentionedBy(Code.Assembly(subscription.GetType().Assembly.GetName().Name!), subscription.GetType().FullName!, "HandleAsync");
            var handled = subscription.Handles.ToLookup(type => mentioned.Contains(type.FullName!), type => type.Name);
            text.Append(subscription.Name).Append(" handles ").AppendJoin(", ", handled[true].Order(StringComparer.Ordinal).DefaultIfEmpty("nothing by name"));
            if (handled[false].Any())
            {
                text.Append("; takes as a change of their stream, whatever it is: ").AppendJoin(", ", handled[false].Order(StringComparer.Ordinal));
            }

            text.Append('\n');
        }

        text.ToString().TrimEnd().ShouldMatchApproved(options => options.NoDiff().SubFolder("Approved"));
    }

    [Fact]
    public void What_is_told_to_other_modules_is_told_by_one_translator_a_module()
    {
        var announcements = shop.Services.GetServices<IAnnouncements>().ToList();

        announcements.ShouldNotBeEmpty();
        announcements.Select(translator => translator.GetType().Assembly).Distinct().Count().ShouldBe(announcements.Count);
        foreach (var (contract, sources) in announcements.SelectMany(translator => translator.Announced))
        {
            contract.Assembly.GetName().Name!.ShouldEndWith(".Contracts");
            sources.ShouldAllBe(source => Events.Any(e => e.ClrType == source));
        }
    }

    [Fact]
    public void An_overlooked_event_is_found()
    {
        var mentioned = HistoryWall.MentionedBy(Code.BadSamples, typeof(BadAggregate).FullName!, "Evolve");

        mentioned.ShouldContain(typeof(BadHappened).FullName!);
        mentioned.ShouldNotContain(typeof(OverlookedHappened).FullName!);
    }

    [Theory]
    [InlineData("""{"number":7}""", """{"count":7}""", "number")]
    [InlineData("""{"number":7}""", """{"number":"7"}""", "number")]
    [InlineData("""{"lines":[{"sku":"text"}]}""", """{"lines":[{"code":"text"}]}""", "lines[0].sku")]
    [InlineData("""{"at":"2026-01-31T09:30:00+00:00"}""", """{"at":null}""", "at")]
    public void A_field_that_was_removed_or_retyped_is_found(string before, string after, string path) => Lost(before, after).ShouldBe([path]);

    [Fact]
    public void A_field_that_was_added_loses_nothing() => Lost("""{"number":7}""", """{"number":7,"text":"text"}""").ShouldBeEmpty();

    private static string Names(IEnumerable<EventType> events) => string.Join(", ", events.Select(e => e.Name));

    private static string Write(EventType e) =>
        JsonNode.Parse(EventTypes.Serialize(HistoryWall.Sample(e.ClrType), e))!.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";

    private static IEnumerable<string> Lost(string before, string after) => Lost(JsonNode.Parse(before), JsonNode.Parse(after), "");

    private static IEnumerable<string> Lost(JsonNode? before, JsonNode? after, string path) => (before, after) switch
    {
        (JsonObject was, JsonObject @is) => was.SelectMany(member => Lost(member.Value, @is[member.Key], path.Length == 0 ? member.Key : $"{path}.{member.Key}")),
        (JsonArray was, JsonArray @is) => was.SelectMany((element, index) => Lost(element, index < @is.Count ? @is[index] : null, $"{path}[{index}]")),
        (null, _) => [],
        _ => before.GetValueKind() == after?.GetValueKind() ? [] : [path],
    };
}
