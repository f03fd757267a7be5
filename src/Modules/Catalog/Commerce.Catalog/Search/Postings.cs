namespace Commerce.Catalog.Search;

/// <summary>The documents of one segment that have a term: places within the segment, ascending, and the packed counts of each.</summary>
internal sealed record Postings(int[] Places, byte[] Counts)
{
    /// <summary>No document at all.</summary>
    public static Postings None { get; } = new([], []);

    /// <summary>Bytes in memory, about.</summary>
    public int Size => 64 + (Places.Length * 5);

    /// <summary>As stored: the number of places, their distances in seven-bit groups, the counts.</summary>
    public static byte[] Encode(IReadOnlyList<int> places, IReadOnlyList<byte> counts)
    {
        using var body = new MemoryStream(16 + (places.Count * 3));
        Write(body, places.Count);
        var last = -1;
        foreach (var place in places)
        {
            Write(body, place - last - 1);
            last = place;
        }

        foreach (var count in counts)
        {
            body.WriteByte(count);
        }

        return body.ToArray();
    }

    /// <summary>From the stored form.</summary>
    public static Postings Decode(ReadOnlySpan<byte> body)
    {
        var at = 0;
        var places = new int[Read(body, ref at)];
        var last = -1;
        for (var i = 0; i < places.Length; i++)
        {
            last += Read(body, ref at) + 1;
            places[i] = last;
        }

        return new Postings(places, body.Slice(at, places.Length).ToArray());
    }

    private static void Write(MemoryStream body, int value)
    {
        var rest = (uint)value;
        while (rest >= 0x80)
        {
            body.WriteByte((byte)((rest & 0x7F) | 0x80));
            rest >>= 7;
        }

        body.WriteByte((byte)rest);
    }

    private static int Read(ReadOnlySpan<byte> body, ref int at)
    {
        var (value, shift) = (0, 0);
        while (true)
        {
            var next = body[at++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }

            shift += 7;
        }
    }
}
