using System.Text.Json;

namespace Commerce.Web;

/// <summary>Paths of fields as clients know them.</summary>
public static class JsonPath
{
    /// <summary>A validator's property path as the JSON path: <c>Body.Lines[0].Quantity</c> is <c>lines[0].quantity</c>.</summary>
    public static string Of(string propertyPath)
    {
        if (string.IsNullOrEmpty(propertyPath))
        {
            return "$";
        }

        var segments = propertyPath.Split('.');
        // A command that carries the whole request as one member does not show the client that member.
        var skip = segments.Length > 1 && segments[0] is "Body" or "Request" ? 1 : 0;
        return string.Join('.', segments.Skip(skip).Select(JsonNamingPolicy.CamelCase.ConvertName));
    }
}
