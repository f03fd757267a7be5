namespace Commerce.Host.Tests.Linearizability;

/// <summary>The stock of one SKU as one caller after another would see it: two numbers.</summary>
internal readonly record struct StockModel(int OnHand, int Reserved)
{
    /// <summary>The state after the call, or null when a stock in this state would have answered otherwise.</summary>
    public StockModel? After(Question question, Answer? answer) => (question, answer) switch
    {
        (Receive receive, Accepted or null) => this with { OnHand = OnHand + receive.Units },
        (Take take, Accepted or null) when OnHand - Reserved >= take.Units => this with { Reserved = Reserved + take.Units },
        (Take take, Refused) when OnHand - Reserved < take.Units => this,
        (GiveBack back, Accepted or null) when Reserved >= back.Units => this with { Reserved = Reserved - back.Units },
        (Look, Seen seen) when seen.OnHand == OnHand && seen.Reserved == Reserved => this,
        (Look, null) => this,
        _ => null,
    };
}
