using System.Security.Cryptography;
using System.Text;
using Commerce.EventStore;

namespace Commerce.Payments;

/// <summary>Codes of gift cards: sixteen symbols that cannot be guessed, and the ledgers behind them. Only a hash leads from one to the other.</summary>
internal static class StoredValueCodes
{
    private const string Symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 16;
    private static readonly Guid CodeSpace = new("41c7b5b0-5f0f-4d0c-a3d2-3f2a1c9e7d01");
    private static readonly Guid CustomerSpace = new("41c7b5b0-5f0f-4d0c-a3d2-3f2a1c9e7d02");

    /// <summary>A fresh code, in groups of four.</summary>
    public static string Draw()
    {
        var code = RandomNumberGenerator.GetString(Symbols, Length);
        return string.Join('-', Enumerable.Range(0, Length / 4).Select(group => code.Substring(group * 4, 4)));
    }

    /// <summary>The code without what people add to it: case, spaces and dashes.</summary>
    public static string Plain(string code) => string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    /// <summary>The ledger of a gift card.</summary>
    public static Guid LedgerOf(string code) => Identifiers.FromName(CodeSpace, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Plain(code)))));

    /// <summary>The ledger of a customer's store credit in a currency.</summary>
    public static Guid LedgerOf(Guid customerId, string currency) => Identifiers.FromName(CustomerSpace, $"{customerId}/{currency}");
}
