using System.Globalization;
using Commerce.Chaos.Clock;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

[assembly: HostingStartup(typeof(JumpingClockStartup))]

namespace Commerce.Chaos.Clock
{
    /// <summary>Gives a Host another wall clock from outside, by ASP.NET Core's own hook for hosting environments: the Host's code knows nothing of it.</summary>
    public sealed class JumpingClockStartup : IHostingStartup
    {
        /// <inheritdoc />
        public void Configure(IWebHostBuilder builder)
        {
            if (Environment.GetEnvironmentVariable("COMMERCE_CHAOS_CLOCK") is { Length: > 0 } file)
            {
                builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(new JumpingClock(file)));
            }
        }
    }

    /// <summary>The wall clock plus what a file says; clocks that measure spans never jump, as on a real machine.</summary>
    public sealed class JumpingClock(string file) : TimeProvider
    {
        private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

        private long _lookedAt;
        private long _offset;

        /// <inheritdoc />
        public override DateTimeOffset GetUtcNow()
        {
            if (_lookedAt == 0 || GetElapsedTime(Volatile.Read(ref _lookedAt)) > LookEvery)
            {
                Volatile.Write(ref _lookedAt, GetTimestamp());
                try
                {
                    Volatile.Write(ref _offset, TimeSpan.FromSeconds(double.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture)).Ticks);
                }
                catch (Exception missing) when (missing is IOException or FormatException)
                {
                    // Being written this moment, or never written: the clock goes on as it was.
                }
            }

            return base.GetUtcNow().AddTicks(Volatile.Read(ref _offset));
        }
    }
}

/// <summary>Named so by the runtime, which loads this assembly through it before the Host starts and thereby makes it known by name.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
    }
}
