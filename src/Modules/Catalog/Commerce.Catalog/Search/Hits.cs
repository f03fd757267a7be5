namespace Commerce.Catalog.Search;

/// <summary>Documents of one segment while a query is matched: places, ascending, with their scores and how many of the required words they have.</summary>
internal sealed class Hits(int room)
{
    // From here on looking a place up costs less than walking by it.
    private const int FarMore = 16;

    /// <summary>Places, as many as <see cref="Count"/>.</summary>
    public ushort[] Places { get; } = new ushort[room];

    /// <summary>What each has so far.</summary>
    public float[] Scores { get; } = new float[room];

    /// <summary>How many of the required words each has.</summary>
    public byte[] Covered { get; } = new byte[room];

    /// <summary>How many there are.</summary>
    public int Count { get; set; }

    // The best of several terms for one word.
    private readonly float[] _best = new float[room];

    /// <summary>Takes a term's documents over.</summary>
    public void Fill(Impacts impacts, float weight)
    {
        var (places, values) = (impacts.Places, impacts.Values);
        places.CopyTo(Places, 0);
        weight *= Impacts.Step;
        var scores = Scores.AsSpan(0, values.Length);
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = weight * values[i];
        }

        Covered.AsSpan(0, places.Length).Fill(1);
        Count = places.Length;
    }

    /// <summary>Adds a word, the best of its terms counting.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="word">The word.</param>
    /// <param name="isRequired">Whether it counts among those that are covered.</param>
    /// <param name="least">Those that cover less are left out.</param>
    public void Add(int segment, MatchedWord word, bool isRequired, int least)
    {
        var best = _best.AsSpan(0, Count);
        best.Clear();
        foreach (var (impacts, weight) in word.Terms)
        {
            Raise(best, impacts.BySegment[segment], weight * Impacts.Step);
        }

        Take(best, isRequired, least);
    }

    /// <summary>The first at or behind a place, from one on.</summary>
    public static int Seek(ReadOnlySpan<ushort> places, int from, int place)
    {
        if (from >= places.Length || places[from] >= place)
        {
            return from;
        }

        // Before it at low, not before it at high.
        var (low, step) = (from, 1);
        while (low + step < places.Length && places[low + step] < place)
        {
            low += step;
            step <<= 1;
        }

        var high = Math.Min(low + step, places.Length);
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (places[middle] < place)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }

    private void Raise(Span<float> best, Impacts impacts, float weight)
    {
        var (places, values) = (Places, impacts.Values);
        var theirs = impacts.Places.AsSpan();
        var at = 0;
        if (theirs.Length > (long)FarMore * best.Length)
        {
            for (var i = 0; i < best.Length; i++)
            {
                at = Seek(theirs, at, places[i]);
                if (at == theirs.Length)
                {
                    return;
                }

                best[i] = theirs[at] == places[i] ? Math.Max(best[i], weight * values[at]) : best[i];
            }

            return;
        }

        for (var i = 0; i < best.Length; i++)
        {
            var place = places[i];
            while (at < theirs.Length && theirs[at] < place)
            {
                at++;
            }

            if (at == theirs.Length)
            {
                return;
            }

            if (theirs[at] == place)
            {
                best[i] = Math.Max(best[i], weight * values[at]);
            }
        }
    }

    private void Take(ReadOnlySpan<float> more, bool isRequired, int least)
    {
        var count = 0;
        for (var i = 0; i < more.Length; i++)
        {
            var covered = Covered[i] + (isRequired && more[i] > 0 ? 1 : 0);
            if (covered >= least)
            {
                Places[count] = Places[i];
                Scores[count] = Scores[i] + more[i];
                Covered[count++] = (byte)covered;
            }
        }

        Count = count;
    }
}

/// <summary>Scores of a segment by place, for adding up what many lists say; all zero between two uses, since few of the places are touched.</summary>
internal sealed class DenseScores(int room)
{
    private readonly float[] _scores = new float[room];
    private readonly byte[] _covered = new byte[room];
    private readonly ulong[] _touched = new ulong[room / 64];

    /// <summary>Raises the scores of a term's documents to what the term gives.</summary>
    public void Raise(Impacts impacts, float weight)
    {
        weight *= Impacts.Step;
        var values = impacts.Values;
        var places = impacts.Places.AsSpan(0, values.Length);
        for (var i = 0; i < places.Length; i++)
        {
            int place = places[i];
            _scores[place] = Math.Max(_scores[place], weight * values[i]);
            _covered[place] = 1;
            _touched[place >> 6] |= 1UL << place;
        }
    }

    /// <summary>Adds a word that one term stands for.</summary>
    public void Add(Impacts impacts, float weight)
    {
        weight *= Impacts.Step;
        var values = impacts.Values;
        var places = impacts.Places.AsSpan(0, values.Length);
        for (var i = 0; i < places.Length; i++)
        {
            int place = places[i];
            _scores[place] += weight * values[i];
            _covered[place] = unchecked((byte)(_covered[place] + 1));
            _touched[place >> 6] |= 1UL << place;
        }
    }

    /// <summary>Adds a word that was found by itself.</summary>
    public void Add(Hits hits)
    {
        for (var i = 0; i < hits.Count; i++)
        {
            int place = hits.Places[i];
            _scores[place] += hits.Scores[i];
            _covered[place] = unchecked((byte)(_covered[place] + 1));
            _touched[place >> 6] |= 1UL << place;
        }
    }

    /// <summary>Moves everything over.</summary>
    public void Drain(Hits hits)
    {
        var count = 0;
        for (var i = _touched.AsSpan().IndexOfAnyExcept(0UL); i < _touched.Length && i >= 0; i++)
        {
            var bits = _touched[i];
            if (bits == 0)
            {
                // Few words touch few places: the rest is passed over many at a time.
                var next = _touched.AsSpan(i).IndexOfAnyExcept(0UL);
                if (next < 0)
                {
                    break;
                }

                i += next;
                bits = _touched[i];
            }

            _touched[i] = 0;
            for (; bits != 0; bits &= bits - 1)
            {
                var place = (i << 6) | System.Numerics.BitOperations.TrailingZeroCount(bits);
                hits.Places[count] = (ushort)place;
                hits.Scores[count] = _scores[place];
                hits.Covered[count++] = _covered[place];
                _scores[place] = 0;
                _covered[place] = 0;
            }
        }

        hits.Count = count;
    }
}
