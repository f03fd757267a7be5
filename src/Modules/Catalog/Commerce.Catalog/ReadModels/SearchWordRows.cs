using Commerce.EventStore;
using Npgsql;

namespace Commerce.Catalog.ReadModels;

/// <summary>Synonyms and stop words as searches read them, in the transaction of their change: the next search on any host knows them.</summary>
internal sealed class SearchWordRows : IInlineProjection
{
    internal const string DropSynonyms = "delete from catalog.search_synonyms";
    internal const string InsertSynonyms = """
        insert into catalog.search_synonyms (id, asked, words)
        select id, asked, string_to_array(words, chr(31)) from unnest($1::uuid[], $2::text[], $3::text[]) as s (id, asked, words)
        """;

    internal const string DropStopWords = "delete from catalog.search_stop_words";
    internal const string InsertStopWords = "insert into catalog.search_stop_words (word) select * from unnest($1::text[])";
    internal const string SaveVersion = """
        insert into catalog.search_thesaurus (version) values ($1) on conflict (one) do update set version = excluded.version
        """;

    /// <inheritdoc />
    public string Name => "Catalog.SearchWords";

    /// <inheritdoc />
    public Type Aggregate => typeof(SearchThesaurus);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables => ["catalog.search_synonyms", "catalog.search_stop_words", "catalog.search_thesaurus"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        // They are few and change rarely: written whole, they cannot be half right.
        foreach (var change in changes)
        {
            var thesaurus = (SearchThesaurus)change.State;
            var synonyms = thesaurus.Synonyms.OrderBy(pair => pair.Key).ToList();
            ProductRows.Add(batch, DropSynonyms);
            ProductRows.Add(
                batch,
                InsertSynonyms,
                synonyms.Select(pair => pair.Key).ToArray(),
                synonyms.Select(pair => pair.Value.Asked).ToArray(),
                synonyms.Select(pair => string.Join('\u001f', pair.Value.Words)).ToArray());
            ProductRows.Add(batch, DropStopWords);
            ProductRows.Add(batch, InsertStopWords, (object)thesaurus.StopWords.ToArray());
            ProductRows.Add(batch, SaveVersion, change.Version);
        }
    }
}
