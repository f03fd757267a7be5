using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Commerce.Web;

/// <summary>Strong entity tags made of stream versions: <c>"7"</c>.</summary>
public static class EntityTags
{
    /// <summary>The tag of a version.</summary>
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>A tag with its quotes.</summary>
    internal static string Quoted(string tag) => tag.StartsWith('"') ? tag : $"\"{tag}\"";

    /// <summary>
    /// Reads <c>If-Match</c>. A tag may carry more after the version (<c>"7-9f3c"</c>), as read models do whose representation changes without a new
    /// version; what is compared is the version.
    /// </summary>
    /// <param name="header">The header's values.</param>
    /// <param name="version">The version, or null for <c>*</c> and for no header.</param>
    /// <returns>False when it is malformed, weak or names several versions.</returns>
    public static bool TryReadIfMatch(StringValues header, out long? version)
    {
        version = null;
        if (header.Count == 0)
        {
            return true;
        }

        if (header is not [{ } text])
        {
            return false;
        }

        text = text.Trim();
        if (text == "*")
        {
            return true;
        }

        if (text.Length < 3 || text[0] != '"' || text[^1] != '"')
        {
            return false;
        }

        var tag = text.AsSpan(1, text.Length - 2);
        if (tag.Contains('"'))
        {
            return false;
        }

        var dash = tag.IndexOf('-');
        if (!long.TryParse(dash < 0 ? tag : tag[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var read))
        {
            return false;
        }

        version = read;
        return true;
    }

    /// <summary>Whether <c>If-None-Match</c> names this tag; compared weakly, as RFC 9110 says for it.</summary>
    public static bool Matches(StringValues ifNoneMatch, string tag)
    {
        foreach (var value in ifNoneMatch)
        {
            foreach (var part in new StringTokenizer(value ?? "", [',']))
            {
                var candidate = part.Trim();
                if (candidate.Equals("*") || (candidate.StartsWith("W/", StringComparison.Ordinal) ? candidate.Subsegment(2) : candidate).Equals(tag, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
