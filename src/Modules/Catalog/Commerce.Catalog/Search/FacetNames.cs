using System.Collections.Concurrent;
using Dapper;

namespace Commerce.Catalog.Search;

/// <summary>
/// The fields that facet values belong to, by the values' numbers. The values themselves stay in the database until one is shown or asked for: a shop has
/// as many of them as it has part numbers.
/// </summary>
internal sealed class FacetNames
{
    internal const string SelectValues = "select id, value from catalog.search_facets where id = any (@ids)";
    internal const string SelectIds = "select f.id, f.field, f.value from catalog.search_facets f join unnest(@fields::text[], @values::text[]) as u (field, value) on f.field = u.field and f.value = u.value";

    private const int MaxRemembered = 20_000;

    // Sets of places by the last bits of a number; within its set a value stands anywhere, and the one before it makes room.
    private const int Sets = 1 << 14;
    private const int Ways = 4;

    private readonly NamedValue?[] _values;
    private readonly int[] _fieldOf;
    private readonly List<FacetName> _fields;
    private readonly List<int> _sizes;
    private readonly Dictionary<string, int> _numbers;
    private readonly ConcurrentDictionary<(string Field, string Value), int> _ids = [];

    private FacetNames(int last, int[] fieldOf, List<FacetName> fields, List<int> sizes, RareFacets rare, NamedValue?[] values)
    {
        Rare = rare;
        _sizes = sizes;
        Last = last;
        _fieldOf = fieldOf;
        _fields = fields;
        _values = values;
        _numbers = fields.Select((name, number) => (field: name.Field, number)).ToDictionary(pair => pair.field, pair => pair.number, StringComparer.Ordinal);
    }

    /// <summary>None at all, remembering nothing.</summary>
    public static FacetNames None => new(0, [0], [], [], new RareFacets(), new NamedValue?[Sets * Ways]);

    /// <summary>The largest number.</summary>
    public int Last { get; }

    /// <summary>The values beyond those that are counted densely.</summary>
    public RareFacets Rare { get; }

    /// <summary>How many fields there are.</summary>
    public int Fields => _fields.Count;

    /// <summary>How many values a field has.</summary>
    public int SizeOf(int field) => _sizes[field];

    /// <summary>These with more, whose numbers follow.</summary>
    public async Task<FacetNames> WithAsync(IAsyncEnumerable<(int Id, string Field)> more, CancellationToken cancellationToken)
    {
        var (last, fieldOf, fields, sizes) = (Last, _fieldOf, new List<FacetName>(_fields), new List<int>(_sizes));
        var (numbers, rare) = (new Dictionary<string, int>(_numbers, StringComparer.Ordinal), Rare.Copy());
        await foreach (var (id, field) in more.WithCancellation(cancellationToken))
        {
            if (!numbers.TryGetValue(field, out var number))
            {
                numbers[field] = number = fields.Count;
                fields.Add(FacetName.Of(field));
                sizes.Add(0);
            }

            if (id >= fieldOf.Length)
            {
                // Room that readers of the shorter ones do not see.
                Array.Resize(ref fieldOf, Math.Max(id + 1, fieldOf.Length + (fieldOf.Length / 2)));
            }

            fieldOf[id] = number;
            if (id >= FacetTally.Dense)
            {
                rare.Add(id, number);
            }

            sizes[number]++;
            last = Math.Max(last, id);
        }

        return last == Last ? this : new FacetNames(last, fieldOf, fields, sizes, rare, _values);
    }

    /// <summary>The number of the field that a value belongs to.</summary>
    public int FieldNumberOf(int id) => _fieldOf[id];

    /// <summary>The number of a field, or -1.</summary>
    public int FieldNumber(string field) => _numbers.GetValueOrDefault(field, -1);

    /// <summary>The name of a field.</summary>
    public string FieldName(int number) => _fields[number].Field;

    /// <summary>The name of a field, with its bytes.</summary>
    public FacetName Name(int number) => _fields[number];

    /// <summary>Reads values; those that are gone are absent.</summary>
    public async Task<Dictionary<int, NamedValue>> ReadAsync(SearchConnection connection, IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        var rows = await (await connection.OpenAsync(cancellationToken)).QueryAsync<(int Id, string Value)>(new CommandDefinition(SelectValues, new { ids = ids.ToArray() }, cancellationToken: cancellationToken));
        var read = rows.ToDictionary(row => row.Id, row => NamedValue.Of(row.Id, row.Value));
        foreach (var value in read.Values)
        {
            Remember(value);
        }

        return read;
    }

    /// <summary>A value that was read of late, or null.</summary>
    public NamedValue? Remembered(int id)
    {
        foreach (var value in _values.AsSpan((id & (Sets - 1)) * Ways, Ways))
        {
            if (value?.Id == id)
            {
                return value;
            }
        }

        return null;
    }

    private void Remember(NamedValue value)
    {
        var set = _values.AsSpan((value.Id & (Sets - 1)) * Ways, Ways);
        set[..^1].CopyTo(set[1..]);
        set[0] = value;
    }

    /// <summary>The numbers of values; those that no product has are absent, as are those that came after these names.</summary>
    public async Task<Dictionary<(string Field, string Value), int>> IdsAsync(
        SearchConnection connection, IReadOnlyCollection<(string Field, string Value)> facets, CancellationToken cancellationToken)
    {
        if (facets.Count == 0)
        {
            return [];
        }

        var found = new Dictionary<(string, string), int>(facets.Count);
        var unknown = new List<(string Field, string Value)>();
        foreach (var facet in facets)
        {
            if (_ids.TryGetValue(facet, out var id))
            {
                found[facet] = id;
            }
            else
            {
                unknown.Add(facet);
            }
        }

        if (unknown.Count == 0)
        {
            return found;
        }

        if (_ids.Count >= MaxRemembered)
        {
            _ids.Clear();
        }

        var parameters = new { fields = unknown.Select(facet => facet.Field).ToArray(), values = unknown.Select(facet => facet.Value).ToArray() };
        var rows = await (await connection.OpenAsync(cancellationToken)).QueryAsync<(int Id, string Field, string Value)>(new CommandDefinition(SelectIds, parameters, cancellationToken: cancellationToken));
        foreach (var row in rows.Where(row => row.Id <= Last))
        {
            found[(row.Field, row.Value)] = _ids[(row.Field, row.Value)] = row.Id;
        }

        return found;
    }
}

/// <summary>A facet's value.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Value">The value.</param>
/// <param name="Json">The value as answers have it, up to its count.</param>
internal sealed record NamedValue(int Id, string Value, byte[] Json)
{
    /// <summary>A value with its bytes.</summary>
    public static NamedValue Of(int id, string value) => new(id, value, [.. "{\"value\":"u8, .. Wire.Rendered.Bytes(value), .. ",\"count\":"u8]);
}

/// <summary>A facet's field.</summary>
/// <param name="Field">Its name in the index.</param>
/// <param name="Json">The field as answers have it, up to its values.</param>
internal sealed record FacetName(string Field, byte[] Json)
{
    /// <summary>Which prices there are.</summary>
    public static readonly FacetName Price = Of("price");

    /// <summary>Whether it can be had.</summary>
    public static readonly FacetName Availability = Of("availability");

    /// <summary>A field with its bytes. Attributes go by their own names; the few that would be taken for a field of the shop keep the prefix that filters have.</summary>
    public static FacetName Of(string field)
    {
        var shown = field.StartsWith("attr.", StringComparison.Ordinal) && field is not ("attr.category" or "attr.price" or "attr.availability") ? field["attr.".Length..] : field;
        return new FacetName(field, [.. "{\"field\":"u8, .. Wire.Rendered.Bytes(shown), .. ",\"values\":["u8]);
    }
}
