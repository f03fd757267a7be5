using System.Collections.Frozen;

namespace Commerce.Monetary;

/// <summary>ISO 4217 currencies that are in use, with their minor digits.</summary>
public static class Currency
{
    private static readonly FrozenDictionary<string, int> Digits = Build();

    /// <summary>Whether this is the code of a known currency: three upper-case letters.</summary>
    public static bool IsKnown(string? code) => code is not null && Digits.ContainsKey(code);

    /// <summary>The digits after the decimal point: 2 for USD, 0 for KRW and JPY, 3 for KWD.</summary>
    /// <exception cref="ArgumentException">The code is not known.</exception>
    public static int MinorDigits(string code) =>
        Digits.TryGetValue(code, out var digits) ? digits : throw new ArgumentException($"Unknown currency '{code}'.", nameof(code));

    private static FrozenDictionary<string, int> Build()
    {
        const string two = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG";
        const string none = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
        const string three = "BHD IQD JOD KWD LYD OMR TND";
        return two.Split(' ').Select(code => KeyValuePair.Create(code, 2))
            .Concat(none.Split(' ').Select(code => KeyValuePair.Create(code, 0)))
            .Concat(three.Split(' ').Select(code => KeyValuePair.Create(code, 3)))
            .ToFrozenDictionary(StringComparer.Ordinal);
    }
}
