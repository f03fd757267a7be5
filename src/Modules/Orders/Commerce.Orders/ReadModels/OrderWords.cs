using System.Globalization;
using System.Text;
using Commerce.EventStore;
using Dapper;
using Npgsql;

namespace Commerce.Orders.ReadModels;

/// <summary>
/// Keeps <c>orders.order_words</c>: the words that staff finds an order by, which are its number, whom it goes to and where, what it holds and how its parcels
/// are tracked. Every event's words are added to those before: an order is also found by what was in it once.
/// </summary>
internal sealed class OrderWords : ISubscription
{
    /// <summary>The subscription's name, for reads that wait for it.</summary>
    public const string SubscriptionName = "Orders.OrderWords";

    // A longer word is found by its beginning.
    private const int MostLetters = 64;

    internal const string AddWords =
        """
        INSERT INTO order_words (order_id, placed_at, words)
        SELECT id, placed_at, array_to_tsvector(string_to_array(words, ' ')) FROM unnest(@ids::uuid[], @placed::timestamptz[], @words::text[]) AS added (id, placed_at, words)
        ON CONFLICT (order_id) DO UPDATE SET words = order_words.words || excluded.words
        """;

    /// <inheritdoc />
    public string Name => SubscriptionName;

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } = [typeof(OrderPlaced), typeof(OrderEdited), typeof(ShipmentDispatched)];

    /// <inheritdoc />
    public string Role => "commerce_orders";

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["orders.order_words"];

    /// <inheritdoc />
    public async Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        var added = new SortedDictionary<Guid, (DateTimeOffset At, HashSet<string> Words)>();
        foreach (var delivered in page)
        {
            var known = added.TryGetValue(delivered.Event.StreamId, out var before) ? before : (delivered.Event.Timestamp, new HashSet<string>(StringComparer.Ordinal));
            known.Item2.UnionWith(TextsOf(delivered.Message).SelectMany(Of));
            added[delivered.Event.StreamId] = known;
        }

        await connection.ExecuteAsync(new CommandDefinition(
            AddWords,
            new
            {
                ids = added.Keys.ToArray(),
                placed = added.Values.Select(one => one.At.UtcDateTime).ToArray(),
                words = added.Values.Select(one => string.Join(' ', one.Words)).ToArray(),
            },
            transaction, cancellationToken: cancellationToken));
    }

    /// <summary>The query for a text: every word must begin one of the order's. Null when there is no word in it.</summary>
    public static string? QueryOf(string text)
    {
        var words = Of(text).Distinct(StringComparer.Ordinal).Take(10).Select(word => $"'{word}':*").ToList();
        return words.Count == 0 ? null : string.Join(" & ", words);
    }

    // Letters and digits in lower case; everything else parts words, so that half an e-mail address or a number without its hyphens is found as well.
    private static IEnumerable<string> Of(string? text)
    {
        if (text is null)
        {
            yield break;
        }

        if (Ascii.IsValid(text))
        {
            // Nothing to be composed or taken apart, and a letter is a char: most texts.
            for (var (from, at) = (0, 0); at <= text.Length; at++)
            {
                if (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
                {
                    continue;
                }

                if (at > from)
                {
                    yield return text[from..Math.Min(at, from + MostLetters)].ToLowerInvariant();
                }

                from = at + 1;
            }

            yield break;
        }

        var word = new StringBuilder(32);
        foreach (var rune in text.Normalize(NormalizationForm.FormKC).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
            {
                word.Append(word.Length < MostLetters ? Rune.ToLowerInvariant(rune).ToString() : "");
            }
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }

    private static IEnumerable<string?> TextsOf(object message) => message switch
    {
        OrderPlaced placed => [placed.Number, placed.Number.Replace("-", "", StringComparison.Ordinal), placed.Email, .. Of(placed.ShippingAddress), .. Of(placed.Lines)],
        OrderEdited edited => [.. Of(edited.ShippingAddress), .. Of(edited.Lines)],
        ShipmentDispatched sent => [sent.Carrier, sent.TrackingNumber],
        _ => [],
    };

    private static IEnumerable<string?> Of(PostalAddress address) =>
        [address.Name, address.Line1, address.Line2, address.City, address.Region, address.PostalCode, address.Phone, address.Phone?.Replace(" ", "", StringComparison.Ordinal)];

    private static IEnumerable<string?> Of(IReadOnlyList<PlacedLine> lines) => lines.SelectMany(line => new[] { line.Sku, line.Name });
}
