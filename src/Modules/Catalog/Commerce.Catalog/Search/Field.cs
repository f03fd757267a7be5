namespace Commerce.Catalog.Search;

/// <summary>Where in a product a word stands; each counts differently.</summary>
internal enum Field
{
    /// <summary>Its names in all locales.</summary>
    Name,

    /// <summary>Brand, categories, SKUs and barcodes: what it is called elsewhere.</summary>
    Key,

    /// <summary>Values of its other attributes and options.</summary>
    Attribute,

    /// <summary>Its descriptions.</summary>
    Description,
}

/// <summary>Fields and counts packed as postings hold them.</summary>
internal static class Fields
{
    public const int Count = 4;

    /// <summary>The lengths kept of each document: of the fields, and of the letters that pieces are cut from.</summary>
    public const int Lengths = Count + 1;

    private const int Most = 3;

    /// <summary>One more occurrence: two bits a field, which is enough, since the fourth says next to nothing.</summary>
    public static byte Add(byte counts, Field field)
    {
        var shift = (int)field * 2;
        return ((counts >> shift) & Most) == Most ? counts : (byte)(counts + (1 << shift));
    }

    /// <summary>The occurrences in a field, 3 for any more.</summary>
    public static int Of(byte counts, Field field) => (counts >> ((int)field * 2)) & Most;

    /// <summary>A length in one byte: exact up to 64, then in growing steps.</summary>
    public static byte Length(int words) => (byte)(words <= 64 ? words : Math.Min(255, 64 + (int)(32 * Math.Log2(words / 64.0))));

    /// <summary>The length that a byte stands for.</summary>
    public static float Length(byte length) => length <= 64 ? length : (float)(64 * Math.Pow(2, (length - 64) / 32.0));
}
