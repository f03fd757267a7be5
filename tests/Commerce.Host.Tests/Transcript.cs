using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Commerce.Host.Tests;

/// <summary>
/// Requests and answers as text that is the same in every run: ids, times, secrets and what chance drew are replaced by words, the same thing by the same word.
/// </summary>
internal sealed partial class Transcript
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
    private string? _token;

    /// <summary>Begins a chapter.</summary>
    public void Title(string title) => _text.Append("# ").Append(title).Append("\n\n");

    /// <summary>Sends a request and writes both down. A read waits for what was written before.</summary>
    public async Task<JsonElement> SendAsync(HttpClient client, string who, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/api/v1/{path}", UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        _text.Append(who).Append(": ").Append(method).Append(" /api/v1/").Append(Scrub(path)).Append('\n');
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
            _text.Append(Scrub($"{name}: {value}")).Append('\n');
        }

        if (method == HttpMethod.Get && _token is not null)
        {
            request.Headers.Add("X-Consistency-Token", _token);
        }

        if (body is not null)
        {
            _text.Append(Text(JsonSerializer.SerializeToElement(body))).Append('\n');
        }

        using var response = await client.SendAsync(request);
        _token = response.Headers.TryGetValues("X-Consistency-Token", out var tokens) ? tokens.Single() : _token;
        var answer = await response.Content.ReadAsStringAsync();
        _text.Append("\n-> ").Append(((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var (name, value) in new[] { ("Location", response.Headers.Location?.ToString()), ("ETag", response.Headers.ETag?.Tag) })
        {
            _text.Append(value is null ? "" : $"{name}: {Scrub(value)}\n");
        }

        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        var json = isJson ? JsonDocument.Parse(answer).RootElement : default;
        _text.Append(isJson ? Text(json) : Scrub(answer.TrimEnd())).Append("\n\n");
        return json;
    }

    /// <inheritdoc />
    public override string ToString() => _text.ToString().TrimEnd().ReplaceLineEndings("\n");

    private string Text(JsonElement json) => Scrub(Amount().Replace(JsonSerializer.Serialize(json, Indented).ReplaceLineEndings("\n"), "\"$1 $2\""));

    private string Scrub(string text)
    {
        text = Secret().Replace(text, match => $"{match.Groups[1].Value}<secret>");
        text = Times().Replace(text, "<time>");
        text = Ids().Replace(text, match => Word(match.Value, "id"));
        text = Numbers().Replace(text, match => Word(match.Value, "number"));
        text = Days().Replace(text, "<day>");
        return Years().Replace(text, "$1-<year>-");
    }

    private string Word(string value, string kind)
    {
        if (!_words.TryGetValue(value, out var word))
        {
            word = $"<{kind} {_words.Count(known => known.Value.StartsWith($"<{kind} ", StringComparison.Ordinal)) + 1}>";
            _words[value] = word;
        }

        return word;
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.None, 1000)]
    private static partial Regex Ids();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", RegexOptions.None, 1000)]
    private static partial Regex Times();

    [GeneratedRegex(@"\b\d{4}-\d\d-\d\d\b", RegexOptions.None, 1000)]
    private static partial Regex Days();

    [GeneratedRegex("[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", RegexOptions.None, 1000)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\b(INV|CN)-\d{4}-", RegexOptions.None, 1000)]
    private static partial Regex Years();

    [GeneratedRegex("""("accessToken": "|accessToken=|X-Guest-Token: |"traceId": ")[^"&\s]+""", RegexOptions.None, 1000)]
    private static partial Regex Secret();

    [GeneratedRegex("""\{\s*"amount": "([^"]*)",\s*"currency": "([^"]*)"\s*\}""", RegexOptions.None, 1000)]
    private static partial Regex Amount();
}
