using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Commerce.Web.Tests;

public sealed class RateLimitTests(NoteShop shop) : IClassFixture<NoteShop>
{
    [Fact]
    public async Task An_address_that_hammers_gets_a_429_with_a_time_to_retry_and_its_neighbour_does_not()
    {
        var options = shop.Services.GetRequiredService<IOptions<RateLimiterOptions>>().Value;
        var limiter = options.GlobalLimiter!;
        var loud = From("203.0.113.7");

        RateLimitLease? rejected = null;
        for (var i = 0; i < 1000 && rejected is null; i++)
        {
            rejected = limiter.AttemptAcquire(loud) is { IsAcquired: false } lease ? lease : null;
        }

        rejected.ShouldNotBeNull();
        limiter.AttemptAcquire(From("203.0.113.8")).IsAcquired.ShouldBeTrue();
        using var body = new MemoryStream();
        loud.Response.Body = body;
        await options.OnRejected!(new OnRejectedContext { HttpContext = loud, Lease = rejected }, CancellationToken.None);
        loud.Response.StatusCode.ShouldBe(429);
        loud.Response.ContentType.ShouldBe("application/problem+json");
        int.Parse(loud.Response.Headers.RetryAfter!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public void One_host_of_IPv6_is_one_caller_whatever_address_it_takes()
    {
        var limiter = shop.Services.GetRequiredService<IOptions<RateLimiterOptions>>().Value.GlobalLimiter!;
        var granted = Enumerable.Range(0, 500).Count(i => limiter.AttemptAcquire(From($"2001:db8:1:2::{i:x}")).IsAcquired);

        granted.ShouldBeLessThan(500);
    }

    [Fact]
    public void The_machine_itself_is_not_limited()
    {
        var limiter = shop.Services.GetRequiredService<IOptions<RateLimiterOptions>>().Value.GlobalLimiter!;

        Enumerable.Range(0, 5000).ShouldAllBe(_ => limiter.AttemptAcquire(From("127.0.0.1")).IsAcquired);
    }

    private DefaultHttpContext From(string address) =>
        new() { Connection = { RemoteIpAddress = IPAddress.Parse(address) }, RequestServices = shop.Services };
}
