using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Monetary;

/// <summary>
/// An amount in one currency. On the wire <c>{"amount":"39.90","currency":"USD"}</c>, the amount a decimal string with exactly the
/// currency's minor digits.
/// </summary>
[JsonConverter(typeof(MoneyJsonConverter))]
public readonly record struct Money : IComparable<Money>
{
    private Money(decimal amount, string currency)
    {
        Amount = amount;
        Currency = currency;
    }

    /// <summary>The amount in major units; never with more digits than the currency has.</summary>
    public decimal Amount { get; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; }

    /// <summary>An amount that already has no more digits than the currency.</summary>
    /// <exception cref="ArgumentException">Unknown currency, or the amount has too many digits.</exception>
    public static Money Of(decimal amount, string currency) =>
        decimal.Round(amount, DigitsOf(currency)) == amount
            ? new Money(amount, currency)
            : throw new ArgumentException($"{amount.ToString(CultureInfo.InvariantCulture)} has more digits than {currency} has.", nameof(amount));

    /// <summary>No money.</summary>
    public static Money Zero(string currency) => Of(0m, currency);

    /// <summary>The amount rounded half away from zero to the currency's digits: the rule that invoices use.</summary>
    public static Money Rounded(decimal amount, string currency) =>
        new(decimal.Round(amount, DigitsOf(currency), MidpointRounding.AwayFromZero), currency);

    /// <summary>Reads the wire form: a plain decimal string with exactly the currency's minor digits.</summary>
    /// <returns>False when the currency is unknown, the text is no plain decimal or has another number of digits.</returns>
    public static bool TryParse(string? amount, string? currency, out Money money)
    {
        money = default;
        if (amount is null || amount.Length > 24 || !Monetary.Currency.IsKnown(currency))
        {
            return false;
        }

        if (!decimal.TryParse(amount, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            || amount[0] == '+')
        {
            return false;
        }

        var point = amount.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? 0 : amount.Length - point - 1;
        if (digits != DigitsOf(currency!) || point == amount.Length - 1 || point == 0)
        {
            return false;
        }

        money = new Money(value, currency!);
        return true;
    }

    /// <summary>The amount as the wire has it, such as <c>39.90</c>.</summary>
    public string AmountText() => Amount.ToString("F" + DigitsOf(Currency).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public int CompareTo(Money other) => Same(other).Amount.CompareTo(other.Amount);

    /// <inheritdoc />
    public override string ToString() => Currency is null ? "no money" : $"{AmountText()} {Currency}";

    /// <summary>The sum.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator +(Money left, Money right) => new(left.Same(right).Amount + right.Amount, left.Currency);

    /// <summary>The difference.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator -(Money left, Money right) => new(left.Same(right).Amount - right.Amount, left.Currency);

    /// <summary>So many times the amount.</summary>
    public static Money operator *(Money unit, int quantity) => new(unit.Amount * quantity, unit.Currency);

    /// <summary>Less than, in one currency.</summary>
    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    /// <summary>More than, in one currency.</summary>
    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    /// <summary>At most, in one currency.</summary>
    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    /// <summary>At least, in one currency.</summary>
    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    private Money Same(Money other) =>
        string.Equals(Currency, other.Currency, StringComparison.Ordinal)
            ? this
            : throw new InvalidOperationException($"{Currency} and {other.Currency} cannot be combined.");

    private static int DigitsOf(string currency) => Monetary.Currency.MinorDigits(currency);
}

/// <summary>The wire form of <see cref="Money"/>; a wrong one is a <see cref="JsonException"/>, which the web turns into a 400.</summary>
public sealed class MoneyJsonConverter : JsonConverter<Money>
{
    /// <inheritdoc />
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("Money is an object with amount and currency.");
        }

        string? amount = null, currency = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isAmount = reader.ValueTextEquals("amount"u8);
            var isCurrency = reader.ValueTextEquals("currency"u8);
            reader.Read();
            if (isAmount || isCurrency)
            {
                if (reader.TokenType != JsonTokenType.String)
                {
                    throw new JsonException("Money's amount and currency are strings.");
                }

                amount = isAmount ? reader.GetString() : amount;
                currency = isCurrency ? reader.GetString() : currency;
            }
            else
            {
                // Skip refuses a reader over a stream; the serializer has read the whole value ahead for a converter, so this cannot fail.
                reader.TrySkip();
            }
        }

        return Money.TryParse(amount, currency, out var money)
            ? money
            : throw new JsonException("Money's amount is a decimal string with exactly the currency's minor digits, such as \"39.90\" for USD or \"1000\" for KRW.");
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("amount"u8, value.AmountText());
        writer.WriteString("currency"u8, value.Currency);
        writer.WriteEndObject();
    }
}
