using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.EmbeddedPostgres.Tests;

/// <summary>A folder for one test's cluster, deleted after it.</summary>
public sealed class ClusterFolder : IDisposable
{
    public ClusterFolder(string? parent = null) =>
        Path = System.IO.Path.Combine(
            parent ?? "/tmp", "commerce-test-cluster-" + RandomNumberGenerator.GetHexString(10, lowercase: true));

    public string Path { get; }

    public EmbeddedPostgresOptions Options => new() { DataDirectory = Path, Durable = false };

    public Task<EmbeddedPostgresServer> StartAsync() => EmbeddedPostgresServer.StartAsync(Options, NullLogger.Instance);

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
