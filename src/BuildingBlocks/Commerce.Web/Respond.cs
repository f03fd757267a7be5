using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Commerce.ReadModels;
using Microsoft.AspNetCore.Http;

namespace Commerce.Web;

/// <summary>How the value of a success becomes the answer; a refusal always becomes its problem document.</summary>
/// <typeparam name="T">The value.</typeparam>
public abstract class Responder<T>
{
    private protected Responder()
    {
    }

    internal abstract Reply Render(T value, JsonSerializerOptions json);
}

/// <summary>The shapes of successful answers.</summary>
public static class Respond
{
    /// <summary>Private to the caller, and asked for again each time: what every answer says that is not cached on purpose.</summary>
    public const string Private = "private, no-cache";

    /// <summary>200 with the value.</summary>
    /// <param name="version">The stream's version, sent as a strong <c>ETag</c>.</param>
    /// <param name="cacheControl">Who may keep the answer and how long.</param>
    public static Responder<T> Ok<T>(Func<T, long>? version = null, string cacheControl = Private) => new Body<T>(StatusCodes.Status200OK, null, version, cacheControl);

    /// <summary>201 with the value and its address.</summary>
    public static Responder<T> Created<T>(Func<T, string> location, Func<T, long>? version = null) => new Body<T>(StatusCodes.Status201Created, location, version, Private);

    /// <summary>202 with the value: the work goes on.</summary>
    public static Responder<T> Accepted<T>(Func<T, string>? location = null) => new Body<T>(StatusCodes.Status202Accepted, location, null, Private);

    /// <summary>204: nothing to say beyond success.</summary>
    public static Responder<T> NoContent<T>(Func<T, long>? version = null) => new Empty<T>(version);

    /// <summary>200 with the cached bytes as they are, their tag, and 304 for a client that has them.</summary>
    public static Responder<CacheEntry> Cached(string cacheControl) => new Bytes(cacheControl);

    /// <summary>The answer of ready bytes.</summary>
    internal static Reply Reply(CacheEntry entry, string cacheControl) => new(StatusCodes.Status200OK)
    {
        ContentType = Web.Reply.Json,
        ETag = EntityTags.Quoted(entry.ETag),
        CacheControl = cacheControl,
        Body = entry.Body,
    };

    private sealed class Body<T>(int status, Func<T, string>? location, Func<T, long>? version, string cacheControl) : Responder<T>
    {
        internal override Reply Render(T value, JsonSerializerOptions json) => new(status)
        {
            ContentType = Web.Reply.Json,
            Location = location?.Invoke(value),
            ETag = version is null ? null : EntityTags.Of(version(value)),
            CacheControl = cacheControl,
            Body = (value as IWireDocument)?.ToUtf8() ?? JsonSerializer.SerializeToUtf8Bytes(value, (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T))),
        };
    }

    private sealed class Empty<T>(Func<T, long>? version) : Responder<T>
    {
        internal override Reply Render(T value, JsonSerializerOptions json) =>
            new(StatusCodes.Status204NoContent) { ETag = version is null ? null : EntityTags.Of(version(value)) };
    }

    private sealed class Bytes(string cacheControl) : Responder<CacheEntry>
    {
        internal override Reply Render(CacheEntry value, JsonSerializerOptions json) => Reply(value, cacheControl);
    }
}
