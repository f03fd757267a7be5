using Commerce.Monetary;
using Commerce.Pricing.Contracts;

namespace Commerce.Pricing.Rules;

/// <summary>The goods of a question with the sums that every rule needs.</summary>
internal sealed class Basket
{
    public Basket(PriceQuestion question)
    {
        Question = question;
        Totals = new decimal[question.Lines.Count];
        for (var i = 0; i < Totals.Length; i++)
        {
            var line = question.Lines[i];
            Totals[i] = line.UnitAmount * line.Quantity;
            Subtotal += Totals[i];
            Grams += (long)(line.WeightGrams ?? 0) * line.Quantity;
        }
    }

    /// <summary>The question.</summary>
    public PriceQuestion Question { get; }

    /// <summary>Units times price of each line.</summary>
    public decimal[] Totals { get; }

    /// <summary>Their sum.</summary>
    public decimal Subtotal { get; }

    /// <summary>The weight of all goods.</summary>
    public long Grams { get; }

    /// <summary>The goods.</summary>
    public IReadOnlyList<GoodsLine> Lines => Question.Lines;

    /// <summary>Half away from zero, to the currency's digits: the one rule of rounding.</summary>
    public decimal Round(decimal amount) => Money.Rounded(amount, Question.Currency).Amount;
}
