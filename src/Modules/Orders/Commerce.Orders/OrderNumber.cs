using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Commerce.Orders;

/// <summary>
/// Order numbers for people: twelve symbols of Crockford's base 32 in groups of four, such as <c>7K3M-9QX2-V4TD</c>. No letter can be taken for a digit,
/// and 60 random bits make guessing useless.
/// </summary>
/// <remarks>
/// A unique index claims the number in the order's own transaction. A claim stream per number would cost every order one more stream and event for an
/// accident that ten million orders meet with a chance of 1 in 23,000; whoever meets it draws again.
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
            for (var i = 0; i < text.Length; i++)
            {
                if (i is 4 or 9)
                {
                    text[i] = '-';
                    continue;
                }

                text[i] = Symbols[(int)(value & 31)];
                value >>= 5;
            }
        });
    }

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
