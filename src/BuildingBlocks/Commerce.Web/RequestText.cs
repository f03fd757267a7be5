using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Commerce.Outcomes;

namespace Commerce.Web;

/// <summary>
/// Finds text that is valid JSON but that PostgreSQL can never store: the NUL character, and half of a surrogate pair. Found here it is a 400 that
/// names the field; found later it would be a driver's exception in the middle of somebody else's batch.
/// </summary>
internal static class RequestText
{
    private const string Nul = "Text must not contain the NUL character.";
    private const string Surrogate = "Text must not contain half of a surrogate pair.";

    /// <summary>The first fault of a JSON body, or null. A body that is no JSON has no fault here: the binder says what is wrong with it.</summary>
    public static ValidationFailed? FaultOf(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            return ValidationFailed.Of("$", "The body is not valid UTF-8.");
        }

        // A raw NUL is no valid JSON, and valid UTF-8 has no halves: only escapes can bring either, and few bodies have any.
        return utf8.IndexOf("\\u"u8) < 0 ? null : FaultOfEscapes(utf8);
    }

    /// <summary>Whether any text within these elements is one that PostgreSQL cannot store.</summary>
    public static bool HasForbiddenText(ReadOnlySpan<JsonElement> elements)
    {
        foreach (var element in elements)
        {
            if (FaultOf(Encoding.UTF8.GetBytes(element.GetRawText())) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static ValidationFailed? FaultOfEscapes(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = WireJson.MaxDepth });
        var path = new List<Step>();
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        Count(path);
                        path.Add(new Step(reader.TokenType == JsonTokenType.StartArray ? -1 : null, ""));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        path.RemoveAt(path.Count - 1);
                        break;
                    case JsonTokenType.PropertyName:
                        if (FaultOfText(ref reader, out var name) is { } inName)
                        {
                            return ValidationFailed.Of(Name(path), inName);
                        }

                        path[^1] = new Step(null, name);
                        break;
                    default:
                        Count(path);
                        if (reader.TokenType == JsonTokenType.String && FaultOfText(ref reader, out _) is { } inValue)
                        {
                            return ValidationFailed.Of(Name(path), inValue);
                        }

                        break;
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return null;
    }

    private static string? FaultOfText(ref Utf8JsonReader reader, out string text)
    {
        try
        {
            text = reader.GetString()!;
            return text.Contains('\0', StringComparison.Ordinal) ? Nul : null;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return Surrogate;
        }
    }

    private static void Count(List<Step> path)
    {
        if (path.Count > 0 && path[^1].Index is { } index)
        {
            path[^1] = new Step(index + 1, "");
        }
    }

    private static string Name(List<Step> path)
    {
        var text = new StringBuilder();
        foreach (var step in path)
        {
            if (step.Index is { } index)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{Math.Max(index, 0)}]");
            }
            else if (step.Name.Length > 0)
            {
                text.Append(text.Length > 0 ? "." : "").Append(step.Name);
            }
        }

        return text.Length == 0 ? "$" : text.ToString();
    }

    private readonly record struct Step(int? Index, string Name);
}
