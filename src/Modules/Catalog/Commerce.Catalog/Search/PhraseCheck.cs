using Commerce.Catalog.ReadModels;
using Dapper;

namespace Commerce.Catalog.Search;

/// <summary>
/// Whether products say phrases word by word. The index keeps no places of words, which would cost every product for what few shoppers ask; the best
/// candidates, which have all of the words, are read instead.
/// </summary>
internal static class PhraseCheck
{
    internal const string SelectDocuments = "select id, document from catalog.products where id = any (@ids)";

    /// <summary>Candidates that are read at the most.</summary>
    public const int MaxCandidates = 1_000;

    /// <summary>The products among those given that say all phrases.</summary>
    public static async Task<HashSet<Guid>> SayingAsync(SearchConnection connection, Guid[] products, IReadOnlyList<string> phrases, CancellationToken cancellationToken)
    {
        var asked = phrases.Select(phrase => new Phrase(phrase)).ToList();
        var rows = await (await connection.OpenAsync(cancellationToken)).QueryAsync<(Guid Id, string Document)>(new CommandDefinition(SelectDocuments, new { ids = products }, cancellationToken: cancellationToken));
        return [.. rows.Where(row => Says(ProductDocument.Parse(row.Document), asked)).Select(row => row.Id)];
    }

    private static bool Says(ProductDocument product, List<Phrase> phrases)
    {
        var texts = product.Translations.Values.SelectMany(text => (string?[])[text.Name, text.Description])
            .Concat(product.Attributes.Values)
            .Concat(product.Variants.SelectMany(variant => variant.Options.Values.Append(variant.Sku)))
            .Where(text => !string.IsNullOrEmpty(text))
            .Select(text => Folding.Fold(text!))
            .ToList();
        return phrases.TrueForAll(phrase => texts.Exists(phrase.StandsIn));
    }

    private sealed class Phrase(string folded)
    {
        private readonly string[] _words = [.. Words.Of(folded).Select(Stems.Of)];
        private readonly string? _letters = Grams.Needs(folded) ? Grams.Squeeze(folded) : null;

        public bool StandsIn(string text)
        {
            if (_letters is not null)
            {
                return Grams.Squeeze(text).Contains(_letters, StringComparison.Ordinal);
            }

            var words = Words.Of(text).Select(Stems.Of).ToArray().AsSpan();
            for (var at = 0; at + _words.Length <= words.Length; at++)
            {
                if (words.Slice(at, _words.Length).SequenceEqual(_words))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
