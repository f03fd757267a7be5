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

    private const int MostCharacters = 64;

    internal const string AddWords =
        """
        INSERT INTO order_words (order_id, placed_at, words)
        SELECT id, placed_at, array_to_tsvector(string_to_array(words, ' '))
          FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@placed::timestamptz[]) AS placed_at, unnest(@words::text[]) AS words) AS added
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
        var added = new SortedDictionary<Guid, (DateTimeOffset At, StringBuilder Words)>();
        foreach (var delivered in page)
        {
            if (!added.TryGetValue(delivered.Event.StreamId, out var known))
            {
                added[delivered.Event.StreamId] = known = (delivered.Event.Timestamp, new StringBuilder(256));
            }

            foreach (var text in TextsOf(delivered.Message))
            {
                AddWordsOf(text, known.Words);
            }
        }

        await connection.ExecuteAsync(new CommandDefinition(
            AddWords,
            new
            {
                ids = added.Keys.ToArray(),
                placed = added.Values.Select(one => one.At.UtcDateTime).ToArray(),
                words = added.Values.Select(one => one.Words.ToString()).ToArray(),
            },
            transaction, cancellationToken: cancellationToken));
    }

    /// <summary>The query for a text: every word must begin one of the order's. Null when there is no word in it.</summary>
    public static string? QueryOf(string text)
    {
        var found = new StringBuilder();
        AddWordsOf(text, found);
        var words = found.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).Take(10).Select(word => $"'{word}':*").ToList();
        return words.Count == 0 ? null : string.Join(" & ", words);
    }

    /// <summary>
    /// Adds the words of a text, parted by blanks; PostgreSQL sorts them and drops what is there twice. Letters and digits in lower case; everything else parts
    /// words, so that half an e-mail address or a number without its hyphens is found as well.
    /// </summary>
    private static void AddWordsOf(string? text, StringBuilder words)
    {
        if (text is null)
        {
            return;
        }

        var length = 0;
        Span<char> lower = stackalloc char[2];
        foreach (var rune in (Ascii.IsValid(text) ? text : text.Normalize(NormalizationForm.FormKC)).EnumerateRunes())
        {
            if (!Rune.IsLetterOrDigit(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark))
            {
                length = 0;
                continue;
            }

            if (length == 0 && words.Length > 0)
            {
                words.Append(' ');
            }

            if (length < MostCharacters)
            {
                var count = Rune.ToLowerInvariant(rune).EncodeToUtf16(lower);
                words.Append(lower[..count]);
                length += count;
            }
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
