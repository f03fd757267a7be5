using System.Net;
using System.Text;
using System.Text.Json;

namespace Commerce.Cli.Import;

/// <summary>What the Host answered.</summary>
internal sealed record ShopAnswer(HttpStatusCode Status, byte[] Body, bool Replayed)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public JsonElement Json() => JsonSerializer.Deserialize<JsonElement>(Body);

    /// <summary>The status and the start of the body, for a person.</summary>
    public string Describe()
    {
        var text = Encoding.UTF8.GetString(Body);
        return $"{(int)Status} {(text.Length > 400 ? text[..400] + "…" : text)}";
    }
}
