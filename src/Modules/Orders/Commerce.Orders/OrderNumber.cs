using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Commerce.Orders;

/// <summary>
/// Order numbers for people: twelve symbols of Crockford's base 32 in groups of four, such as <c>7K3M-9QX2-V4TA</c>. No letter can be taken for a digit,
/// 55 random bits make guessing useless, and the last symbol is a check: one wrong symbol, or two that changed places, never make another sound number.
/// </summary>
/// <remarks>
/// The check is a sum over the field of 32 elements in which each place has a weight of its own, so a change of one symbol changes it, and so does an exchange
/// of two. Numbers that were given out before there was a check do not have it; they are found as they are.
/// <para>
/// A unique index claims the number in the order's own transaction. A claim stream per number would cost every order one more stream and event for an
/// accident that ten million orders meet with a chance of 1 in 700; whoever meets it draws again.
/// </para>
/// </remarks>
internal static class OrderNumber
{
    /// <summary>The unique index that claims a number.</summary>
    public const string Index = "orders_number_key";

    private const string Symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A fresh number.</summary>
    public static string Draw()
    {
        Span<byte> bits = stackalloc byte[8];
        RandomNumberGenerator.Fill(bits);
        return string.Create(14, BinaryPrimitives.ReadUInt64LittleEndian(bits), static (text, value) =>
        {
            var check = 0;
            for (var i = 0; i < text.Length - 1; i++)
            {
                if (i is 4 or 9)
                {
                    text[i] = '-';
                    continue;
                }

                var symbol = (int)(value & 31);
                text[i] = Symbols[symbol];
                check = Double(check ^ symbol);
                value >>= 5;
            }

            text[^1] = Symbols[check];
        });
    }

    /// <summary>Whether a number's check fits: false tells a slip of the tongue or the finger from an order that does not exist.</summary>
    /// <param name="number">In its normal form.</param>
    public static bool IsSound(string number)
    {
        var check = 0;
        foreach (var symbol in number.AsSpan(0, number.Length - 1))
        {
            check = symbol == '-' ? check : Double(check ^ Symbols.IndexOf(symbol, StringComparison.Ordinal));
        }

        return Symbols[check] == number[^1];
    }

    // Times x in the field of 32 elements, modulo x^5 + x^2 + 1: the weights x^11 ... x^1 of the places are all different.
    private static int Double(int value) => (value << 1) ^ (value >= 16 ? 0b100101 : 0);

    /// <summary>The number that somebody meant who read it out or typed it: case, spaces and hyphens do not count, O is 0, I and L are 1.</summary>
    /// <returns>Null when it cannot be one.</returns>
    public static string? Normalize(string text)
    {
        Span<char> number = stackalloc char[14];
        var length = 0;
        foreach (var typed in text)
        {
            if (typed is ' ' or '-')
            {
                continue;
            }

            var symbol = char.ToUpperInvariant(typed) switch { 'O' => '0', 'I' or 'L' => '1', var other => other };
            if (length == number.Length || !Symbols.Contains(symbol, StringComparison.Ordinal))
            {
                return null;
            }

            number[length++] = symbol;
            if (length is 4 or 9)
            {
                number[length++] = '-';
            }
        }

        return length == number.Length ? new string(number) : null;
    }
}
