namespace Commerce.Orders.Tests.Histories;

/// <summary>
/// What an order is, told once more and as plainly as possible: mutable sums and dictionaries, no events, nothing of the module's own. Every method answers with
/// the name of the refusal that is to be expected, or null.
/// </summary>
internal sealed class ModelOrder(IReadOnlyDictionary<string, decimal> prices)
{
    public SortedDictionary<string, int> Held { get; private set; } = new(StringComparer.Ordinal);

    public string Status { get; private set; } = "Placed";

    public decimal Total { get; private set; }

    public decimal Authorized { get; private set; }

    public decimal Captured { get; private set; }

    public decimal Refunded { get; private set; }

    public decimal Overpaid { get; private set; }

    public decimal Exchanged { get; private set; }

    public bool IsVoided { get; private set; }

    public List<ModelParcel> Parcels { get; private set; } = [];

    public List<ModelReturn> Returns { get; private set; } = [];

    public int Notes { get; private set; }

    public decimal Due => Total + Overpaid - Exchanged;

    public decimal Open => Due - Authorized - Captured;

    public decimal Refundable => Captured - Refunded;

    public bool IsCancelled => Status == "Cancelled";

    public static ModelOrder Of(IReadOnlyDictionary<string, decimal> prices, IEnumerable<KeyValuePair<string, int>> lines)
    {
        var order = new ModelOrder(prices);
        foreach (var (sku, quantity) in lines)
        {
            order.Held[sku] = order.Held.GetValueOrDefault(sku) + quantity;
        }

        order.Total = order.Cost();
        return order;
    }

    public ModelOrder Clone()
    {
        var clone = (ModelOrder)MemberwiseClone();
        clone.Held = new SortedDictionary<string, int>(Held, StringComparer.Ordinal);
        clone.Parcels = [.. Parcels.Select(parcel => parcel with { })];
        clone.Returns = [.. Returns.Select(one => one.Clone())];
        return clone;
    }

    public int Shipped(string sku) => Parcels.Sum(parcel => parcel.Lines.GetValueOrDefault(sku));

    public int Returned(string sku) => Returns.Sum(one => one.Received.GetValueOrDefault(sku));

    public int Restocked(string sku) => Returns.Sum(one => one.Restocked.GetValueOrDefault(sku));

    /// <summary>Units that stock keeps for this order.</summary>
    public int Reserved(string sku) => IsCancelled ? 0 : Held.GetValueOrDefault(sku) - Shipped(sku);

    public string? Authorize(decimal? asked) => IsCancelled ? "OrderIsCancelled" : Move(asked, Open, amount =>
    {
        (Authorized, IsVoided) = (Authorized + amount, false);
        Confirm();
    });

    public string? Capture(decimal? asked) => IsCancelled ? "OrderIsCancelled" : Move(asked, Authorized > 0 ? Authorized : Due - Captured, amount =>
    {
        (Authorized, Captured, IsVoided) = (Authorized > 0 ? Authorized - amount : 0, Captured + amount, false);
        Confirm();
    });

    public string? Refund(decimal? asked) => Move(asked, Refundable, amount => Refunded += amount);

    public string? Void()
    {
        if (Authorized > 0 || IsPending)
        {
            (Authorized, IsVoided) = (0, true);
            return null;
        }

        return IsVoided ? null : "PaymentAlreadyCaptured";
    }

    public string? Cancel()
    {
        if (IsCancelled)
        {
            return null;
        }

        if (Parcels.Count > 0)
        {
            return "OrderAlreadyShipped";
        }

        IsVoided |= IsPending || Authorized > 0;
        (Status, Refunded, Authorized) = ("Cancelled", Captured, 0);
        return null;
    }

    public string? Edit(IReadOnlyDictionary<string, int> wanted)
    {
        if (IsCancelled)
        {
            return "OrderIsCancelled";
        }

        if (Status is "Shipped" or "Completed")
        {
            return "OrderAlreadyShipped";
        }

        if (wanted.Any(line => line.Value != Held.GetValueOrDefault(line.Key) && line.Value < Shipped(line.Key)))
        {
            return "LinesAlreadyShipped";
        }

        var after = new SortedDictionary<string, int>(Held, StringComparer.Ordinal);
        foreach (var (sku, quantity) in wanted)
        {
            after[sku] = quantity;
        }

        after = new SortedDictionary<string, int>(after.Where(line => line.Value > 0).ToDictionary(line => line.Key, line => line.Value), StringComparer.Ordinal);
        if (after.Count == 0)
        {
            return "OrderWouldBeEmpty";
        }

        if (!after.SequenceEqual(Held))
        {
            Change(after);
        }

        return null;
    }

    public string? Ship(Guid id, IReadOnlyDictionary<string, int> lines)
    {
        if (IsCancelled)
        {
            return "OrderIsCancelled";
        }

        if (Status == "Placed" || Open > 0 || (Refunded > 0 && Refunded >= Captured))
        {
            return "OrderNotConfirmed";
        }

        if (lines.Any(line => line.Value > Held.GetValueOrDefault(line.Key) - Shipped(line.Key)))
        {
            return "ShipmentExceedsOrder";
        }

        Parcels.Add(new ModelParcel(id, lines, false));
        Follow();
        return null;
    }

    public string? Deliver(int parcel)
    {
        Parcels[parcel] = Parcels[parcel] with { IsDelivered = true };
        Follow();
        return null;
    }

    public string? AskReturn(Guid id, IReadOnlyDictionary<string, int> lines, KeyValuePair<string, int>? replacement)
    {
        if (lines.Any(line => line.Value > Shipped(line.Key) - Returns.Sum(one => one.Claims(line.Key))))
        {
            return "ReturnExceedsShipment";
        }

        Returns.Add(new ModelReturn(id, lines, replacement));
        return null;
    }

    public string? Approve(int one) => Returns[one].Status switch
    {
        "Requested" => Step(one, "Approved"),
        "Approved" => null,
        _ => "ReturnNotAtThisStep",
    };

    public string? Reject(int one) => Returns[one].Status switch
    {
        "Requested" or "Approved" => Step(one, "Rejected"),
        "Rejected" => null,
        _ => "ReturnNotAtThisStep",
    };

    public string? Receive(int at, IReadOnlyDictionary<string, int> lines, bool isSellable, bool moreExpected)
    {
        var one = Returns[at];
        if (one.Status is not ("Approved" or "PartiallyReceived"))
        {
            return "ReturnNotAtThisStep";
        }

        if (lines.Any(line => line.Value > one.Lines.GetValueOrDefault(line.Key) - one.Received.GetValueOrDefault(line.Key)))
        {
            return "ReturnExceedsShipment";
        }

        var isFirst = one.Status == "Approved";
        if (isFirst && one.Replacement is { } other)
        {
            Change(new SortedDictionary<string, int>(Held, StringComparer.Ordinal) { [other.Key] = Held.GetValueOrDefault(other.Key) + other.Value });
        }

        var worth = Math.Min(lines.Sum(line => prices[line.Key] * line.Value) + Uncovered(), Refundable);
        var paysForOthers = one.Replacement is not null && (isFirst || one.Exchanged > 0) ? Math.Min(worth, Open) : 0;
        (Exchanged, Refunded) = (Exchanged + paysForOthers, Refunded + worth - paysForOthers);
        one.Take(lines, isSellable, moreExpected, worth, paysForOthers);
        return null;
    }

    public string? Note()
    {
        Notes++;
        return null;
    }

    private bool IsPending => Refunded == 0 && Captured == 0 && Authorized == 0 && !IsVoided;

    // What former returns were worth and could not be given back, because it had been given back already.
    private decimal Uncovered() => Returns.Sum(one => one.Received.Sum(line => prices[line.Key] * line.Value) - one.Worth);

    private decimal Cost() => Held.Sum(line => prices[line.Key] * line.Value);

    private static string? Move(decimal? asked, decimal allowed, Action<decimal> move)
    {
        var amount = asked ?? allowed;
        if (amount <= 0 || amount > allowed)
        {
            return "PaymentExceeded";
        }

        move(amount);
        return null;
    }

    private void Change(SortedDictionary<string, int> after)
    {
        Held = after;
        Total = Cost();
        var excess = Math.Max(0, Authorized + Captured + Exchanged - Overpaid - Total);
        var lowered = Math.Min(excess, Authorized);
        Authorized -= lowered;
        Overpaid += excess - lowered;
        Refunded += Math.Min(excess - lowered, Refundable);
        if (Parcels.Count > 0)
        {
            Follow();
        }
        else
        {
            Status = Open > 0 ? "Placed" : Status;
            Confirm();
        }
    }

    private void Confirm() => Status = Status == "Placed" && Open <= 0 ? "Confirmed" : Status;

    private void Follow() => Status = Held.Any(line => Shipped(line.Key) < line.Value) ? "PartiallyShipped" : Parcels.All(parcel => parcel.IsDelivered) ? "Completed" : "Shipped";

    private string? Step(int one, string status)
    {
        Returns[one].Status = status;
        return null;
    }
}

internal sealed record ModelParcel(Guid Id, IReadOnlyDictionary<string, int> Lines, bool IsDelivered);

internal sealed class ModelReturn(Guid id, IReadOnlyDictionary<string, int> lines, KeyValuePair<string, int>? replacement)
{
    public Guid Id => id;

    public IReadOnlyDictionary<string, int> Lines => lines;

    public KeyValuePair<string, int>? Replacement => replacement;

    public string Status { get; set; } = "Requested";

    public Dictionary<string, int> Received { get; private set; } = new(StringComparer.Ordinal);

    public Dictionary<string, int> Restocked { get; private set; } = new(StringComparer.Ordinal);

    public decimal Worth { get; private set; }

    public decimal Exchanged { get; private set; }

    public int Claims(string sku) => Status switch
    {
        "Rejected" => 0,
        "Received" => Received.GetValueOrDefault(sku),
        _ => lines.GetValueOrDefault(sku),
    };

    public void Take(IReadOnlyDictionary<string, int> arrived, bool isSellable, bool moreExpected, decimal worth, decimal exchanged)
    {
        foreach (var (sku, quantity) in arrived)
        {
            Received[sku] = Received.GetValueOrDefault(sku) + quantity;
            Restocked[sku] = Restocked.GetValueOrDefault(sku) + (isSellable ? quantity : 0);
        }

        (Worth, Exchanged, Status) = (Worth + worth, Exchanged + exchanged, moreExpected ? "PartiallyReceived" : "Received");
    }

    public ModelReturn Clone()
    {
        var clone = (ModelReturn)MemberwiseClone();
        clone.Received = new Dictionary<string, int>(Received, StringComparer.Ordinal);
        clone.Restocked = new Dictionary<string, int>(Restocked, StringComparer.Ordinal);
        return clone;
    }
}
