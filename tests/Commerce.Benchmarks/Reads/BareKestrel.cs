using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using StackExchange.Redis;

namespace Commerce.Benchmarks.Reads;

/// <summary>
/// The yardsticks of the reads: Kestrel with one delegate and nothing else, no routing, no services, no log; it answers <c>/api/v1/products/{id}</c> with the
/// bytes of memory, of one Redis GET, or of one SELECT by primary key.
/// </summary>
public static class BareKestrel
{
    private const int PoolSize = 16;
    private static readonly int PrefixLength = "/api/v1/products/".Length;

    /// <summary>Serves until the standard input ends.</summary>
    /// <param name="arguments">The kind, the port, and the file, the address of Redis or the connection string.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var find = await FinderAsync(arguments[0], arguments[2]);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{int.Parse(arguments[1], CultureInfo.InvariantCulture)}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        await using var app = builder.Build();
        app.Run(async context =>
        {
            var body = await find(context.Request.Path.Value![PrefixLength..]);
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = body.Length;
            await context.Response.BodyWriter.WriteAsync(body);
        });
        await app.StartAsync();
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }

    private static async Task<Func<string, ValueTask<ReadOnlyMemory<byte>>>> FinderAsync(string kind, string source)
    {
        switch (kind)
        {
            case "memory":
                var pages = Pages.Read(source).ToDictionary(page => page.Id.ToString("D"), page => new ReadOnlyMemory<byte>(page.Body), StringComparer.Ordinal);
                return id => ValueTask.FromResult(pages[id]);
            case "redis":
                var redis = (await ConnectionMultiplexer.ConnectAsync(source)).GetDatabase();
                return async id => (byte[])(await redis.StringGetAsync(id))!;
            case "postgres":
                var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(source)
                {
                    MaxPoolSize = PoolSize, MaxAutoPrepare = 10, AutoPrepareMinUsages = 1, NoResetOnClose = true,
                }.ConnectionString);
                return async id =>
                {
                    await using var connection = await database.OpenConnectionAsync();
                    await using var command = new NpgsqlCommand("select body from bench.pages where id = $1", connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = Guid.Parse(id) } } };
                    return (byte[])(await command.ExecuteScalarAsync())!;
                };
            default:
                throw new ArgumentException($"There is no yardstick '{kind}'.");
        }
    }
}

/// <summary>The pages that both sides answer with.</summary>
public static class Pages
{
    public static void Write(string file, IEnumerable<(Guid Id, byte[] Body)> pages)
    {
        using var writer = new BinaryWriter(File.Create(file));
        foreach (var (id, body) in pages)
        {
            writer.Write(id.ToByteArray());
            writer.Write(body.Length);
            writer.Write(body);
        }
    }

    public static IEnumerable<(Guid Id, byte[] Body)> Read(string file)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            yield return (new Guid(reader.ReadBytes(16)), reader.ReadBytes(reader.ReadInt32()));
        }
    }
}
