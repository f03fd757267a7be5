using System.Threading.Channels;
using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Commerce.Catalog.Search;

/// <summary>
/// Counts what shoppers search for. A search only leaves a note, which is dropped when too many wait; every few seconds the notes are counted and
/// written in one statement, so that no search is slower for it.
/// </summary>
internal sealed partial class SearchLog(ModuleDatabase<CatalogDatabase> database, PastQueries past, IOptions<CatalogOptions> options, TimeProvider time, ILogger<SearchLog> log) : BackgroundService
{
    /// <summary>Days that searches are remembered.</summary>
    public const int KeptDays = 30;

    internal const string Upsert = """
        insert into catalog.search_queries as q (day, query, searches, without_results, last_at)
        select @day, u.query, u.searches, u.failed, @at from unnest(@queries::text[], @searches::int[], @failed::int[]) as u (query, searches, failed)
         where @room or exists (select from catalog.search_queries k where k.day = @day and k.query = u.query)
        on conflict (day, query) do update
           set searches = q.searches + excluded.searches, without_results = q.without_results + excluded.without_results, last_at = excluded.last_at
        """;

    internal const string CountOfDay = "select count(*) from catalog.search_queries where day = @day";
    internal const string DropOld = "delete from catalog.search_queries where day < @day";
    internal const string SelectPast = """
        select query, sum(searches - without_results) as found from catalog.search_queries where day >= @day
         group by query having sum(searches - without_results) >= @least order by sum(searches - without_results) desc, query limit @most
        """;

    private const int MaxWaiting = 4_096;
    private const int MaxAtOnce = 1_000;
    private const int MaxOfDay = 20_000;
    private const int MaxLength = 100;
    private const int PastDays = 7;

    private static readonly TimeSpan BetweenReadings = TimeSpan.FromMinutes(5);

    private readonly Channel<(string Query, bool Failed)> _notes = Channel.CreateBounded<(string, bool)>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Notes a search.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="failed">Whether it found nothing at all.</param>
    public void Note(string? text, bool failed)
    {
        var query = string.Join(' ', QueryText.Of(text).Folded.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (query.Length is > 0 and <= MaxLength && !query.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
        {
            _notes.Writer.TryWrite((query, failed));
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.SearchLogSeconds), time);
        var nextReading = DateTimeOffset.MinValue;
        try
        {
            do
            {
                try
                {
                    await WriteAsync(stoppingToken);
                    if (time.GetUtcNow() >= nextReading)
                    {
                        nextReading = time.GetUtcNow() + BetweenReadings;
                        await ReadAsync(stoppingToken);
                    }
                }
                catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
                {
                    // Statistics wait for the database like everything else; the notes of one round are lost.
                    LogAway(log, fault.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The shop closes.
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var counts = new SortedDictionary<string, (int Searches, int Failed)>(StringComparer.Ordinal);
        while (counts.Count < MaxAtOnce && _notes.Reader.TryRead(out var note))
        {
            var (searches, failed) = counts.GetValueOrDefault(note.Query);
            counts[note.Query] = (searches + 1, failed + (note.Failed ? 1 : 0));
        }

        if (counts.Count == 0)
        {
            return;
        }

        var at = time.GetUtcNow().UtcDateTime;
        var day = at.Date;
        await using var connection = await database.OpenAsync(cancellationToken);
        var room = await connection.ExecuteScalarAsync<long>(new CommandDefinition(CountOfDay, new { day }, cancellationToken: cancellationToken)) < MaxOfDay;
        await connection.ExecuteAsync(new CommandDefinition(
            Upsert,
            new { day, at, room, queries = counts.Keys.ToArray(), searches = counts.Values.Select(count => count.Searches).ToArray(), failed = counts.Values.Select(count => count.Failed).ToArray() },
            cancellationToken: cancellationToken));
        foreach (var (query, (searches, failed)) in counts)
        {
            past.Add(query, searches - failed);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var today = time.GetUtcNow().UtcDateTime.Date;
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(DropOld, new { day = today.AddDays(1 - KeptDays) }, cancellationToken: cancellationToken));
        past.Replace(await connection.QueryAsync<(string, long)>(new CommandDefinition(
            SelectPast, new { day = today.AddDays(1 - PastDays), least = PastQueries.Least, most = PastQueries.Most }, cancellationToken: cancellationToken)));
    }

    [LoggerMessage(EventId = 2301, Level = LogLevel.Warning, Message = "Searches of the last seconds were not counted: {Fault}")]
    private static partial void LogAway(ILogger logger, string fault);
}
