namespace Commerce.Catalog.Search;

/// <summary>The documents of one segment that have a term, as they are stored: places within the segment, ascending, and the packed counts of each.</summary>
internal sealed record Postings(int[] Places, byte[] Counts)
{
    /// <summary>As stored: the number of places, their distances in seven-bit groups, the counts.</summary>
    public static byte[] Encode(IReadOnlyList<int> places, IReadOnlyList<byte> counts)
    {
        var encoder = new PostingsEncoder();
        encoder.Begin(places.Count);
        for (var i = 0; i < places.Count; i++)
        {
            encoder.Add(places[i], counts[i]);
        }

        return encoder.End().ToArray();
    }

    /// <summary>From the stored form.</summary>
    public static Postings Decode(ReadOnlySpan<byte> body)
    {
        var at = 0;
        var places = new int[ReadNumber(body, ref at)];
        var last = -1;
        for (var i = 0; i < places.Length; i++)
        {
            last += ReadNumber(body, ref at) + 1;
            places[i] = last;
        }

        return new Postings(places, body.Slice(at, places.Length).ToArray());
    }

    /// <summary>A number in seven-bit groups.</summary>
    internal static int ReadNumber(ReadOnlySpan<byte> body, ref int at)
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

/// <summary>Writes postings one after another into one buffer: an index has millions of them, and each is a few bytes.</summary>
internal sealed class PostingsEncoder
{
    private byte[] _body = new byte[256];
    private byte[] _counts = new byte[64];
    private int _length;
    private int _places;
    private int _last;

    /// <summary>Begins the postings of a term that so many places have.</summary>
    public void Begin(int count)
    {
        (_length, _places, _last) = (0, 0, -1);
        Write(count);
    }

    /// <summary>One more place, greater than the one before.</summary>
    public void Add(int place, byte counts)
    {
        Write(place - _last - 1);
        _last = place;
        if (_places == _counts.Length)
        {
            Array.Resize(ref _counts, _places * 2);
        }

        _counts[_places++] = counts;
    }

    /// <summary>The stored form, good until the next term begins.</summary>
    public ReadOnlyMemory<byte> End()
    {
        Reserve(_places);
        _counts.AsSpan(0, _places).CopyTo(_body.AsSpan(_length));
        return _body.AsMemory(0, _length + _places);
    }

    private void Write(int value)
    {
        Reserve(5);
        var rest = (uint)value;
        while (rest >= 0x80)
        {
            _body[_length++] = (byte)((rest & 0x7F) | 0x80);
            rest >>= 7;
        }

        _body[_length++] = (byte)rest;
    }

    private void Reserve(int more)
    {
        if (_length + more > _body.Length)
        {
            Array.Resize(ref _body, Math.Max(_body.Length * 2, _length + more));
        }
    }
}
