using Commerce.Monetary;
using Commerce.Outcomes;

namespace Commerce.Catalog.Wire;

/// <summary>The parameters <c>locale</c> and <c>currency</c>, which nearly every read takes.</summary>
internal static class ViewQuery
{
    /// <summary>Adds what is wrong with them.</summary>
    public static void Check(string? locale, string? currency, Findings findings)
    {
        findings.Check(locale is null || Limits.IsLocale(locale), "locale", "A language with an optional script and region, such as en, ko or pt-BR.");
        findings.Check(currency is null || Currency.IsKnown(currency), "currency", "An ISO 4217 code in capitals, such as USD.");
    }

    /// <summary>What is wrong with them, or null.</summary>
    public static ValidationFailed? Fault(string? locale, string? currency)
    {
        var findings = new Findings();
        Check(locale, currency, findings);
        return findings.Any ? findings.Failure() : null;
    }
}
