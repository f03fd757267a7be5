// A stand-in for the Host, to be killed by tests: starts a server on the folder that it is given, prints the
// connection string and waits.
using Commerce.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;

await using var server = await EmbeddedPostgresServer.StartAsync(
    new EmbeddedPostgresOptions { DataDirectory = args[0] }, NullLogger.Instance);
Console.WriteLine(server.ConnectionString);
await Task.Delay(Timeout.Infinite);
