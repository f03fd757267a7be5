using System.Collections;

namespace Commerce.Host.Tests.Linearizability;

/// <summary>
/// Whether calls that overlapped can be put into one order that the model agrees with and in which no call comes before another that had been answered
/// before it was sent: the search of Wing and Gong, with Lowe's memory of configurations that were tried.
/// </summary>
internal static class LinearizabilityChecker
{
    /// <summary>Searches for such an order.</summary>
    public static bool IsLinearizable(IReadOnlyList<Call> calls, StockModel initial)
    {
        var first = Link(calls);
        var open = calls.Count(call => call.Answer is not null);
        var tried = new HashSet<(string Done, StockModel State)>();
        var path = new Stack<(Entry Entry, StockModel State)>();
        var done = new BitArray(calls.Count);
        var state = initial;
        var entry = first.Next;
        while (open > 0)
        {
            if (entry is null)
            {
                throw new InvalidOperationException("Every answered call has an end in the list, and the search stops there.");
            }

            if (!entry.IsEnd)
            {
                if (state.After(entry.Call.Question, entry.Call.Answer) is { } next)
                {
                    done[entry.Number] = true;
                    if (tried.Add((Key(done), next)))
                    {
                        path.Push((entry, state));
                        state = next;
                        entry.TakeOut();
                        open -= entry.Call.Answer is null ? 0 : 1;
                        entry = first.Next;
                        continue;
                    }

                    done[entry.Number] = false;
                }

                entry = entry.Next;
                continue;
            }

            // The end of a call that has no place yet: an earlier choice was wrong.
            if (!path.TryPop(out var last))
            {
                return false;
            }

            (entry, state) = last;
            done[entry.Number] = false;
            open += entry.Call.Answer is null ? 0 : 1;
            entry.PutBack();
            entry = entry.Next;
        }

        return true;
    }

    private static Entry Link(IReadOnlyList<Call> calls)
    {
        var entries = new List<(long At, Entry Entry)>();
        for (var number = 0; number < calls.Count; number++)
        {
            var start = new Entry(calls[number], number, isEnd: false);
            entries.Add((calls[number].Sent, start));
            if (calls[number].Answer is not null)
            {
                start.End = new Entry(calls[number], number, isEnd: true);
                entries.Add((calls[number].Answered, start.End));
            }
        }

        var head = new Entry(calls.Count > 0 ? calls[0] : new Call(new Look(), null, 0, 0), -1, isEnd: false);
        var last = head;
        // At one instant, what began counts as begun before anything ended: the weaker claim about the order.
        foreach (var (_, entry) in entries.OrderBy(entry => entry.At).ThenBy(entry => entry.Entry.IsEnd))
        {
            last.Next = entry;
            entry.Previous = last;
            last = entry;
        }

        return head;
    }

    private static string Key(BitArray done)
    {
        var bytes = new byte[(done.Count + 7) / 8];
        done.CopyTo(bytes, 0);
        return Convert.ToBase64String(bytes);
    }

    private sealed class Entry(Call call, int number, bool isEnd)
    {
        public Call Call => call;

        public int Number => number;

        public bool IsEnd => isEnd;

        public Entry? End { get; set; }

        public Entry? Next { get; set; }

        public Entry? Previous { get; set; }

        /// <summary>Takes a call and its end out of the list; both remember their neighbours.</summary>
        public void TakeOut()
        {
            Unlink();
            End?.Unlink();
        }

        /// <summary>The exact reverse, in the reverse order.</summary>
        public void PutBack()
        {
            End?.Relink();
            Relink();
        }

        private void Unlink()
        {
            Previous!.Next = Next;
            Next?.Previous = Previous;
        }

        private void Relink()
        {
            Previous!.Next = this;
            Next?.Previous = this;
        }
    }
}
