namespace Commerce.Catalog.Search;

/// <summary>
/// Which fields have values whose numbers are beyond <see cref="FacetTally.Dense"/>. Nearly all of these belong to a field such as a part number, which tells
/// so many products apart that it is not shown; looking for the field of each would take as long as counting everything else. So the values of fields that
/// have few of them are listed, and what is not listed need not be looked up once the large fields are closed.
/// </summary>
internal sealed class RareFacets
{
    // Of a field that has more of them none is listed any more.
    private const int Few = 1_000;

    // By the last bits of a number: some that are not listed seem to be, which only costs a look.
    private const int Bits = 1 << 16;

    private readonly ulong[] _listed;
    private readonly Dictionary<int, int> _sizes;

    /// <summary>None.</summary>
    public RareFacets()
        : this(new ulong[Bits / 64], [])
    {
    }

    private RareFacets(ulong[] listed, Dictionary<int, int> sizes) => (_listed, _sizes) = (listed, sizes);

    /// <summary>How many fields have such values.</summary>
    public int Fields => _sizes.Count;

    /// <summary>How many fields have so many that they are not listed. Every search asks.</summary>
    public int LargeFields { get; private set; }

    /// <summary>Whether a field has so many.</summary>
    public bool IsLarge(int field) => _sizes.GetValueOrDefault(field) > Few;

    /// <summary>False for a value that certainly belongs to a large field.</summary>
    public bool MayBeListed(int id) => (_listed[(id & (Bits - 1)) >> 6] & (1UL << id)) != 0;

    /// <summary>One more value.</summary>
    public void Add(int id, int field)
    {
        var size = _sizes[field] = _sizes.GetValueOrDefault(field) + 1;
        if (size <= Few)
        {
            _listed[(id & (Bits - 1)) >> 6] |= 1UL << id;
        }
        else if (size == Few + 1)
        {
            LargeFields++;
        }
    }

    /// <summary>These, to be added to.</summary>
    public RareFacets Copy() => new([.. _listed], new Dictionary<int, int>(_sizes)) { LargeFields = LargeFields };
}
