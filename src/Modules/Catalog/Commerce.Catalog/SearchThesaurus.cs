using System.Collections.Immutable;
using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Catalog;

/// <summary>What staff say of the words that shoppers use: which mean the same, and which mean nothing. One stream, since a word has one meaning in the shop.</summary>
internal sealed record SearchThesaurus(ImmutableDictionary<Guid, SynonymSet> Synonyms, ImmutableSortedSet<string> StopWords) : IAggregate<SearchThesaurus>
{
    /// <summary>The one thesaurus of the shop.</summary>
    public static readonly Guid Id = new("9d7c1f0e-36a4-5d0b-8a43-5a0c6d6f2b11");

    /// <summary>Sets of synonyms at the most.</summary>
    public const int MaxSynonyms = 2_000;

    /// <summary>Stop words at the most.</summary>
    public const int MaxStopWords = 500;

    /// <inheritdoc />
    public static string StreamType => "search_thesaurus";

    /// <inheritdoc />
    public static SearchThesaurus Initial { get; } = new(ImmutableDictionary<Guid, SynonymSet>.Empty, ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    /// <summary>Says that words mean the same.</summary>
    public Decision Define(Guid id, SynonymSet synonyms) => id switch
    {
        _ when Synonyms.ContainsKey(id) => Decision.Nothing,
        _ when Synonyms.Count >= MaxSynonyms => new TooManySearchWords(),
        _ => Decision.Of(new SynonymsDefined(id, synonyms.Asked, synonyms.Words)),
    };

    /// <summary>Says it otherwise.</summary>
    public Decision Revise(Guid id, SynonymSet synonyms) => Synonyms.TryGetValue(id, out var known)
        ? known.Equals(synonyms) ? Decision.Nothing : Decision.Of(new SynonymsDefined(id, synonyms.Asked, synonyms.Words))
        : new SynonymsUnknown();

    /// <summary>Takes it back.</summary>
    public Decision Remove(Guid id) => Synonyms.ContainsKey(id) ? Decision.Of(new SynonymsRemoved(id)) : new SynonymsUnknown();

    /// <summary>Says that a word means nothing in a search.</summary>
    public Decision AddStopWord(string word) => word switch
    {
        _ when StopWords.Contains(word) => Decision.Nothing,
        _ when StopWords.Count >= MaxStopWords => new TooManySearchWords(),
        _ => Decision.Of(new StopWordAdded(word)),
    };

    /// <summary>Takes that back.</summary>
    public Decision RemoveStopWord(string word) => StopWords.Contains(word) ? Decision.Of(new StopWordRemoved(word)) : new StopWordUnknown();

    /// <inheritdoc />
    public SearchThesaurus Evolve(object @event) => @event switch
    {
        SynonymsDefined e => this with { Synonyms = Synonyms.SetItem(e.Id, new SynonymSet(e.Asked, [.. e.Words])) },
        SynonymsRemoved e => this with { Synonyms = Synonyms.Remove(e.Id) },
        StopWordAdded e => this with { StopWords = StopWords.Add(e.Word) },
        StopWordRemoved e => this with { StopWords = StopWords.Remove(e.Word) },
        _ => this,
    };
}

/// <summary>Words that mean the same.</summary>
/// <param name="Asked">When given: the words are looked for when this one is asked for, and not the other way round.</param>
/// <param name="Words">The words.</param>
internal sealed record SynonymSet(string? Asked, ImmutableArray<string> Words)
{
    /// <inheritdoc />
    public bool Equals(SynonymSet? other) => other is not null && Asked == other.Asked && Words.AsSpan().SequenceEqual(other.Words.AsSpan());

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Asked, Words.Length);
}

/// <summary>Words mean the same from here on.</summary>
internal sealed record SynonymsDefined(Guid Id, string? Asked, IReadOnlyList<string> Words);

/// <summary>They do no more.</summary>
internal sealed record SynonymsRemoved(Guid Id);

/// <summary>A word means nothing in a search from here on.</summary>
internal sealed record StopWordAdded(string Word);

/// <summary>It means what it says again.</summary>
internal sealed record StopWordRemoved(string Word);

/// <summary>Nobody defined these synonyms.</summary>
[Problem(404, "synonyms-not-found", "The synonyms are not known")]
internal sealed record SynonymsUnknown() : Refusal("No synonyms have this id.");

/// <summary>The word is no stop word.</summary>
[Problem(404, "stop-word-not-found", "The word is no stop word")]
internal sealed record StopWordUnknown() : Refusal("This word is no stop word.");

/// <summary>A limit on everything.</summary>
[Problem(409, "too-many-search-words", "There are too many words")]
internal sealed record TooManySearchWords() : Refusal($"A shop has at most {SearchThesaurus.MaxSynonyms} sets of synonyms and {SearchThesaurus.MaxStopWords} stop words.");
