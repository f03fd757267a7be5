using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Commerce.Web;

/// <summary>
/// One generous bucket per caller, or per address for guests: no browser ever empties it, a script that hammers the shop does. It protects the
/// other callers' response times; what protects the database is the bounded queue of the event store.
/// </summary>
internal static class CallerRateLimits
{
    public static IServiceCollection AddCallerRateLimits(this IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<WebOptions>, IOptions<JsonOptions>>((limiter, web, json) =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => Partition(context, web.Value));
            limiter.OnRejected = async (rejected, _) =>
            {
                var seconds = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
                var problem = Problems.Reply(new TooManyRequests(seconds), Problems.TraceIdOf(rejected.HttpContext), json.Value.SerializerOptions);
                await problem.ExecuteAsync(rejected.HttpContext);
            };
        });
        return services;
    }

    private static RateLimitPartition<string> Partition(HttpContext context, WebOptions options)
    {
        var address = context.Connection.RemoteIpAddress;
        // No address at all: a server in memory, as tests use it.
        if (!options.LimitLoopback && (address is null || IPAddress.IsLoopback(address)))
        {
            return RateLimitPartition.GetNoLimiter("");
        }

        var caller = Caller.From(context.User);
        var key = caller.Kind == CallerKind.Guest ? $"address:{Network(address)}" : caller.Actor;
        return RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.RequestBurst,
            TokensPerPeriod = options.RequestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
    }

    /// <summary>An IPv6 host owns a whole /64 and could take a fresh address for every request.</summary>
    private static string Network(IPAddress? address)
    {
        if (address is null)
        {
            return "none";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        return bytes.Length == 16 ? Convert.ToHexStringLower(bytes.AsSpan(0, 8)) : address.ToString();
    }
}
