namespace Commerce.Catalog;

/// <summary>Which translation a reader gets.</summary>
internal static class Locales
{
    /// <summary>
    /// The text in the asked locale; else in its language, in another region of it, in English, in the first one there is. Never nothing: a product without
    /// a Korean name is still found by a Korean shopper.
    /// </summary>
    public static (string Locale, ProductText Text) Pick(IReadOnlyDictionary<string, ProductText> translations, string? locale)
    {
        if (locale is not null)
        {
            if (translations.TryGetValue(locale, out var exact))
            {
                return (locale, exact);
            }

            var language = LanguageOf(locale);
            if (translations.TryGetValue(language, out var general))
            {
                return (language, general);
            }

            var sibling = translations.Keys.Where(key => LanguageOf(key) == language).Min(StringComparer.Ordinal);
            if (sibling is not null)
            {
                return (sibling, translations[sibling]);
            }
        }

        if (translations.TryGetValue("en", out var english))
        {
            return ("en", english);
        }

        return translations.Count == 0 ? ("en", new ProductText("", null)) : First(translations);
    }

    /// <summary>The language of a locale: <c>pt</c> of <c>pt-BR</c>.</summary>
    public static string LanguageOf(string locale)
    {
        var dash = locale.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? locale : locale[..dash];
    }

    private static (string Locale, ProductText Text) First(IReadOnlyDictionary<string, ProductText> translations)
    {
        var key = translations.Keys.Min(StringComparer.Ordinal)!;
        return (key, translations[key]);
    }
}
