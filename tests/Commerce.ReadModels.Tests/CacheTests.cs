using System.Diagnostics.Metrics;
using System.Text;
using Commerce.EventStore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Commerce.ReadModels.Tests;

/// <summary>The memory level by itself, on a clock that the tests turn.</summary>
public sealed class CacheTests
{
    private static readonly CachePolicy Minute = new(TimeSpan.FromMinutes(1));
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private int _fills;

    [Fact]
    public async Task A_thousand_readers_at_once_cost_one_fill()
    {
        var cache = Cache();
        var gate = new TaskCompletionSource();
        var readers = Enumerable.Range(0, 1000).Select(_ => Task.Run(async () => await GetAsync(cache, "k", fill: async _ =>
        {
            await gate.Task;
            return Text("answer");
        }))).ToArray();
        await Task.Delay(50);
        gate.SetResult();

        (await Task.WhenAll(readers)).ShouldAllBe(entry => TextOf(entry) == "answer");
        _fills.ShouldBe(1);
    }

    [Fact]
    public async Task An_expired_entry_is_filled_once_for_everybody()
    {
        var cache = Cache();
        await GetAsync(cache, "k");
        _time.Advance(TimeSpan.FromSeconds(61));

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(async () => await GetAsync(cache, "k"))));

        _fills.ShouldBe(2);
    }

    [Fact]
    public async Task Lifetimes_are_shortened_by_a_tenth_at_the_most()
    {
        var cache = Cache(("Cache:RefreshAhead", "0"));
        for (var i = 0; i < 100; i++)
        {
            await GetAsync(cache, $"k{i}");
        }

        _time.Advance(TimeSpan.FromSeconds(53.9));
        await AskForAllAsync();
        _fills.ShouldBe(100);
        _time.Advance(TimeSpan.FromSeconds(3));
        await AskForAllAsync();
        _fills.ShouldBeInRange(110, 190);

        async Task AskForAllAsync()
        {
            for (var i = 0; i < 100; i++)
            {
                await GetAsync(cache, $"k{i}");
            }
        }
    }

    [Fact]
    public async Task An_entry_that_is_asked_for_is_read_anew_before_it_ends_and_nobody_waits()
    {
        var cache = Cache(("Cache:RefreshAhead", "0.2"));
        await GetAsync(cache, "k");
        _time.Advance(TimeSpan.FromSeconds(43));
        await GetAsync(cache, "k");
        _fills.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(10.9));
        var gate = new TaskCompletionSource();
        for (var i = 0; i < 10; i++)
        {
            TextOf(await GetAsync(cache, "k", fill: async _ =>
            {
                await gate.Task;
                return Text("newer");
            })).ShouldBe("k");
        }

        _fills.ShouldBe(2);
        gate.SetResult();
        await Eventually.TrueAsync(async () => TextOf(await GetAsync(cache, "k")) == "newer");
        _fills.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_read_anew_while_an_event_drops_the_key_is_not_kept()
    {
        var cache = Cache(("Cache:RefreshAhead", "0.2"));
        var id = Identifiers.Next();
        await GetAsync(cache, Note.KeyOf(id));
        _time.Advance(TimeSpan.FromSeconds(53.9));
        var gate = new TaskCompletionSource();
        await GetAsync(cache, Note.KeyOf(id), fill: async _ =>
        {
            await gate.Task;
            return Text("old");
        });
        cache.Committed([Written(id, new EventPosition(7, 1))]);
        gate.SetResult();

        TextOf(await GetAsync(cache, Note.KeyOf(id), fill: _ => ValueTask.FromResult<CacheFill?>(Text("new")))).ShouldBe("new");
        await Task.Delay(20);
        TextOf(await GetAsync(cache, Note.KeyOf(id))).ShouldBe("new");
    }

    [Fact]
    public async Task Who_joined_a_fill_that_was_dropped_while_it_ran_is_not_answered_by_it()
    {
        var cache = Cache();
        var id = Identifiers.Next();
        var written = new EventPosition(7, 1);
        var gate = new TaskCompletionSource();
        var first = GetAsync(cache, Note.KeyOf(id), fill: async _ =>
        {
            await gate.Task;
            return Text("old");
        }).AsTask();

        // Another host's write is acknowledged, and its writer asks here before this host has heard of it.
        var writer = GetAsync(cache, Note.KeyOf(id), required: written, fill: _ => ValueTask.FromResult<CacheFill?>(Text("new"))).AsTask();
        cache.Follow(new EventPage([Written(id, written)], new EventPosition(7, long.MaxValue), true));
        gate.SetResult();

        TextOf(await first).ShouldBe("old", "nobody promised it more");
        TextOf(await writer).ShouldBe("new");
        TextOf(await GetAsync(cache, Note.KeyOf(id), required: written)).ShouldBe("new");
    }

    [Fact]
    public async Task A_body_that_changes_by_the_clock_is_kept_to_that_instant_and_not_beyond()
    {
        var cache = Cache();
        var due = _time.GetUtcNow().AddSeconds(20);
        ValueTask<CacheFill?> Scheduled(CancellationToken _) => ValueTask.FromResult<CacheFill?>(_time.GetUtcNow() < due ? Text("old") with { ExpiresAt = due } : Text("new"));
        ValueTask<CacheFill?> Opening(CancellationToken _) => ValueTask.FromResult<CacheFill?>(_time.GetUtcNow() < due ? CacheFill.NothingUntil(due) : Text("there"));
        var patient = new CachePolicy(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

        for (var i = 0; i < 20; i++)
        {
            TextOf(await GetAsync(cache, "k", fill: Scheduled)).ShouldBe("old");
            (await GetAsync(cache, "closed", fill: Opening, policy: patient)).ShouldBeNull();
            _time.Advance(TimeSpan.FromMilliseconds(i < 19 ? 1000 : 999));
        }

        _fills.ShouldBe(2);
        TextOf(await GetAsync(cache, "k", fill: Scheduled)).ShouldBe("old");
        _time.Advance(TimeSpan.FromMilliseconds(1));
        TextOf(await GetAsync(cache, "k", fill: Scheduled)).ShouldBe("new");
        TextOf(await GetAsync(cache, "closed", fill: Opening, policy: patient)).ShouldBe("there");
    }

    [Fact]
    public async Task What_no_event_drops_is_never_older_than_its_lifetime_and_never_older_than_a_token()
    {
        var cache = Cache();
        var policy = new CachePolicy(TimeSpan.FromMilliseconds(200)) { Untracked = true };
        cache.Follow(new EventPage([], new EventPosition(30, long.MaxValue), true));
        ValueTask<CacheFill?> Slow(CancellationToken _)
        {
            _time.Advance(TimeSpan.FromMilliseconds(150));
            return ValueTask.FromResult<CacheFill?>(Text("page"));
        }

        await GetAsync(cache, "k", fill: Slow, policy: policy);
        _time.Advance(TimeSpan.FromMilliseconds(25));
        await GetAsync(cache, "k", fill: Slow, policy: policy, required: new EventPosition(30, 1));
        _fills.ShouldBe(1);
        _time.Advance(TimeSpan.FromMilliseconds(25));
        await GetAsync(cache, "k", fill: Slow, policy: policy);
        _fills.ShouldBe(2, "200 ms after the first fill began");
        cache.Committed([Written(Identifiers.Next(), new EventPosition(31, 1))]);
        await GetAsync(cache, "k", fill: Slow, policy: policy, required: new EventPosition(31, 1));
        _fills.ShouldBe(3, "an own write, too, is not in what was read before it");
    }

    [Fact]
    public async Task A_host_that_hears_nothing_of_the_others_trusts_only_what_it_has_just_read()
    {
        var cache = Cache();
        cache.Begin(EventPosition.Start);
        cache.Trust(_time.GetTimestamp());
        await GetAsync(cache, "k");
        _time.Advance(TimeSpan.FromMilliseconds(240));
        await GetAsync(cache, "k");
        _fills.ShouldBe(1);

        _time.Advance(TimeSpan.FromMilliseconds(20));
        await GetAsync(cache, "k");
        await GetAsync(cache, "k");
        _fills.ShouldBe(2);
        _time.Advance(TimeSpan.FromMilliseconds(240));
        await GetAsync(cache, "k");
        _fills.ShouldBe(2);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await GetAsync(cache, "k");
        _fills.ShouldBe(3);

        cache.Trust(_time.GetTimestamp());
        _time.Advance(TimeSpan.FromMilliseconds(249));
        await GetAsync(cache, "k");
        _fills.ShouldBe(3);
    }

    [Fact]
    public async Task Many_keys_cost_one_read_and_share_fills_with_whoever_asks_for_one()
    {
        var cache = Cache();
        await GetAsync(cache, "b");
        var gate = new TaskCompletionSource();
        var reads = 0;
        var many = cache.GetOrFillAsync(
            ["a", "b", "c", "d", "a"],
            new CallContext(),
            async (places, _) =>
            {
                reads++;
                await gate.Task;
                places.ShouldBe([0, 2, 3]);
                return [Text("A"), null, Text("D")];
            },
            Minute,
            CancellationToken.None).AsTask();
        var one = GetAsync(cache, "a").AsTask();
        gate.SetResult();

        var entries = await many;
        entries.Select(entry => entry is null ? null : TextOf(entry)).ShouldBe(["A", "b", null, "D", "A"]);
        TextOf(await one).ShouldBe("A");
        (_fills, reads).ShouldBe((1, 1));

        var failing = cache.GetOrFillAsync(["a", "x"], new CallContext(), (_, _) => throw new InvalidOperationException("away"), Minute, CancellationToken.None).AsTask();
        (await Should.ThrowAsync<InvalidOperationException>(() => failing)).Message.ShouldBe("away");
        TextOf(await GetAsync(cache, "x")).ShouldBe("x");
    }

    [Fact]
    public async Task A_waiter_who_leaves_does_not_end_the_fill_for_the_others()
    {
        var cache = Cache();
        var gate = new TaskCompletionSource();
        using var leaving = new CancellationTokenSource();
        var first = GetAsync(cache, "k", fill: async token =>
        {
            await gate.Task.WaitAsync(token);
            return Text("answer");
        }, cancellationToken: leaving.Token).AsTask();
        var second = GetAsync(cache, "k").AsTask();

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        TextOf(await second).ShouldBe("answer");
        _fills.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_fill_tells_all_its_waiters_and_is_not_kept()
    {
        var cache = Cache();
        var gate = new TaskCompletionSource();
        var readers = Enumerable.Range(0, 3).Select(_ => GetAsync(cache, "k", fill: async _ =>
        {
            await gate.Task;
            throw new InvalidOperationException("away");
        }).AsTask()).ToArray();
        gate.SetResult();

        foreach (var reader in readers)
        {
            (await Should.ThrowAsync<InvalidOperationException>(() => reader)).Message.ShouldBe("away");
        }

        TextOf(await GetAsync(cache, "k")).ShouldBe("k");
    }

    [Fact]
    public async Task A_fill_that_hangs_is_given_up()
    {
        var cache = Cache();
        var reader = GetAsync(cache, "k", fill: async _ =>
        {
            await new TaskCompletionSource().Task;
            return null;
        }).AsTask();

        _time.Advance(TimeSpan.FromSeconds(11));

        await Should.ThrowAsync<TimeoutException>(() => reader);
        TextOf(await GetAsync(cache, "k")).ShouldBe("k");
    }

    [Fact]
    public async Task Nothing_is_kept_for_a_short_time_or_not_at_all_when_the_policy_says_so()
    {
        var cache = Cache();
        (await GetAsync(cache, "k", fill: Nothing)).ShouldBeNull();
        (await GetAsync(cache, "k", fill: Nothing)).ShouldBeNull();
        _fills.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(3.1));
        (await GetAsync(cache, "k", fill: Nothing)).ShouldBeNull();
        _fills.ShouldBe(2);

        await GetAsync(cache, "never", fill: Nothing, policy: new CachePolicy(TimeSpan.FromMinutes(1), TimeSpan.Zero));
        await GetAsync(cache, "never", fill: Nothing, policy: new CachePolicy(TimeSpan.FromMinutes(1), TimeSpan.Zero));
        _fills.ShouldBe(4);
    }

    [Fact]
    public async Task A_fill_that_read_before_a_commit_is_not_kept_when_it_ends_after_it()
    {
        var cache = Cache();
        var gate = new TaskCompletionSource();
        var id = Identifiers.Next();
        var early = GetAsync(cache, Note.KeyOf(id), fill: async _ =>
        {
            await gate.Task;
            return Text("old");
        }).AsTask();

        cache.Committed([Written(id, new EventPosition(7, 1))]);
        var late = GetAsync(cache, Note.KeyOf(id), fill: _ => ValueTask.FromResult<CacheFill?>(Text("new")));
        TextOf(await late).ShouldBe("new");
        gate.SetResult();

        TextOf(await early).ShouldBe("old", "it asked before the commit was acknowledged");
        TextOf(await GetAsync(cache, Note.KeyOf(id))).ShouldBe("new");
    }

    [Fact]
    public async Task A_required_position_that_this_host_has_not_heard_of_is_read_anew_once_for_all_who_wait()
    {
        var cache = Cache();
        await GetAsync(cache, "k", fill: _ => ValueTask.FromResult<CacheFill?>(Text("old")));
        var gate = new TaskCompletionSource();
        var readers = Enumerable.Range(1, 100).Select(i => GetAsync(cache, "k", required: new EventPosition(i, 1), fill: async _ =>
        {
            await gate.Task;
            return Text("new");
        }).AsTask()).ToArray();
        TextOf(await GetAsync(cache, "other")).ShouldBe("other");
        gate.SetResult();

        (await Task.WhenAll(readers)).ShouldAllBe(entry => TextOf(entry) == "new");

        // The first reader's fill began before the others came, so they share a second one.
        _fills.ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public async Task A_settled_position_or_one_of_this_process_is_answered_from_memory()
    {
        var cache = Cache();
        await GetAsync(cache, "k");
        cache.Committed([Written(Identifiers.Next(), new EventPosition(20, 1))]);
        await GetAsync(cache, "k", required: new EventPosition(20, 1));
        _fills.ShouldBe(1);

        cache.Follow(new EventPage([], new EventPosition(30, long.MaxValue), true));
        await GetAsync(cache, "k", required: new EventPosition(25, 4));
        _fills.ShouldBe(1);

        await GetAsync(cache, "k", required: new EventPosition(31, 1));
        _fills.ShouldBe(2);
        await GetAsync(cache, "k", required: new EventPosition(31, 1));
        _fills.ShouldBe(2, "that entry was read for just this position");
    }

    [Fact]
    public async Task A_body_of_a_subscription_answers_only_what_the_subscription_had_passed()
    {
        var cache = Cache();
        cache.Follow(new EventPage([], new EventPosition(30, long.MaxValue), true));
        await GetAsync(cache, "k", fill: _ => ValueTask.FromResult<CacheFill?>(new CacheFill("x"u8.ToArray(), new EventPosition(10, 0))));

        await GetAsync(cache, "k", required: new EventPosition(9, 0));
        _fills.ShouldBe(1);
        await GetAsync(cache, "k", required: new EventPosition(11, 0));
        _fills.ShouldBe(2);
    }

    [Fact]
    public async Task An_event_of_another_host_drops_its_keys_and_an_own_one_does_not_drop_them_twice()
    {
        var cache = Cache();
        var (theirs, ours) = (Identifiers.Next(), Identifiers.Next());
        cache.Committed([Written(ours, new EventPosition(5, 1))]);
        await GetAsync(cache, Note.KeyOf(theirs));
        await GetAsync(cache, Note.KeyOf(ours));

        cache.Follow(new EventPage([Written(ours, new EventPosition(5, 1)), Written(theirs, new EventPosition(6, 2))], new EventPosition(6, 2), true));

        await GetAsync(cache, Note.KeyOf(ours));
        _fills.ShouldBe(2);
        await GetAsync(cache, Note.KeyOf(theirs));
        _fills.ShouldBe(3);
    }

    [Fact]
    public async Task A_module_that_cannot_say_its_keys_costs_the_whole_cache_and_nothing_else()
    {
        var cache = Cache();
        await GetAsync(cache, "k");
        var e = Written(Identifiers.Next(), new EventPosition(5, 1)) with { Data = new NoteWritten("poison") };

        cache.Committed([e]);

        await GetAsync(cache, "k");
        _fills.ShouldBe(2);
    }

    [Fact]
    public async Task Memory_stays_within_its_bytes_and_keeps_what_is_asked_for()
    {
        var cache = Cache(("Cache:MemoryBytes", "1000000"));
        var body = new byte[2000];
        for (var i = 0; i < 5000; i++)
        {
            await GetAsync(cache, $"cold{i}", fill: _ => ValueTask.FromResult<CacheFill?>(new CacheFill(body)));
            if (i % 10 == 0)
            {
                await GetAsync(cache, "hot");
            }
        }

        var fills = _fills;
        fills.ShouldBe(5001, "the hot key was filled once");
        for (var i = 0; i < 5000; i++)
        {
            await GetAsync(cache, $"cold{i}", fill: _ => ValueTask.FromResult<CacheFill?>(new CacheFill(body)));
        }

        var kept = 5000 - (_fills - fills);
        kept.ShouldBeInRange(0, 1_000_000 / 2000);
        cache.MemoryBytes.ShouldBeLessThanOrEqualTo(1_000_000);
    }

    [Fact]
    public async Task The_entity_tag_says_the_bytes()
    {
        var one = await GetAsync(Cache(), "a", fill: _ => ValueTask.FromResult<CacheFill?>(Text("same")));
        var two = await GetAsync(Cache(), "b", fill: _ => ValueTask.FromResult<CacheFill?>(Text("same")));
        var other = await GetAsync(Cache(), "c", fill: _ => ValueTask.FromResult<CacheFill?>(Text("other")));

        one!.ETag.ShouldBe(two!.ETag);
        one.ETag.ShouldNotBe(other!.ETag);
        one.ETag.ShouldStartWith("\"");
        one.ETag.ShouldEndWith("\"");
    }

    [Fact]
    public async Task A_tag_that_the_fill_says_is_the_tag()
    {
        var entry = await GetAsync(Cache(), "a", fill: _ => ValueTask.FromResult<CacheFill?>(Text("same") with { ETag = "\"7-same\"" }));
        entry!.ETag.ShouldBe("\"7-same\"");
    }

    [Fact]
    public async Task Memory_alone_says_what_it_has_and_nothing_that_is_to_be_read_anew_or_has_not_seen_enough()
    {
        var cache = Cache(("Cache:RefreshAhead", "0.2"));
        cache.Begin(new EventPosition(5, 5));
        cache.TryGet("k", new CallContext(), out _).ShouldBeFalse();
        await GetAsync(cache, "k");
        await GetAsync(cache, "none", fill: Nothing);

        cache.TryGet("k", new CallContext(), out var entry).ShouldBeTrue();
        TextOf(entry).ShouldBe("k");
        cache.TryGet("none", new CallContext(), out entry).ShouldBeTrue();
        entry.ShouldBeNull();
        cache.TryGet("k", new CallContext { Required = new EventPosition(5, 5) }, out _).ShouldBeTrue();
        cache.TryGet("k", new CallContext { Required = new EventPosition(6, 1) }, out _).ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(48.5));
        cache.TryGet("k", new CallContext(), out _).ShouldBeFalse("somebody has to have it read anew");
        await GetAsync(cache, "k");
        cache.TryGet("k", new CallContext(), out _).ShouldBeTrue();
        _fills.ShouldBe(3);

        _time.Advance(TimeSpan.FromSeconds(61));
        cache.TryGet("k", new CallContext(), out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Switched_off_every_call_reads_the_read_model()
    {
        var cache = Cache(("Cache:Enabled", "false"));
        await GetAsync(cache, "k");
        (await GetAsync(cache, "k"))!.ETag.ShouldNotBeEmpty();
        _fills.ShouldBe(2);
    }

    [Fact]
    public async Task A_read_from_memory_allocates_nothing()
    {
        var cache = Cache();
        var call = new CallContext();
        Func<CancellationToken, ValueTask<CacheFill?>> fill = _ => ValueTask.FromResult<CacheFill?>(Text("x"));
        await cache.GetOrFillAsync("k", call, fill, Minute, CancellationToken.None);
        for (var i = 0; i < 100; i++)
        {
            await cache.GetOrFillAsync("k", call, fill, Minute, CancellationToken.None);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            await cache.GetOrFillAsync("k", call, fill, Minute, CancellationToken.None);
        }

        // The tests' clock allocates a little; the cache itself must not.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000 * 64);
    }

    [Fact]
    public void What_stands_in_redis_is_read_back_and_anything_else_is_not()
    {
        var expires = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_000_123);
        var entry = new CacheEntry("body"u8.ToArray(), EntityTag.Of("body"u8), new EventPosition(3, 4));

        var read = RedisRecord.Read(RedisRecord.Write(RedisRecord.Inline, entry.At, expires, entry)).ShouldNotBeNull();
        read.Kind.ShouldBe(RedisRecord.Inline);
        read.At.ShouldBe(entry.At);
        read.Expires.ShouldBe(expires);
        read.Entry.ShouldNotBeNull().ETag.ShouldBe(entry.ETag);
        read.Entry.At.ShouldBe(entry.At);
        read.Entry.Body.ToArray().ShouldBe("body"u8.ToArray());

        RedisRecord.Read(RedisRecord.Write(RedisRecord.Tombstone, new EventPosition(9, long.MaxValue), expires, null))!.At.Sequence.ShouldBe(long.MaxValue);
        RedisRecord.Read("hello"u8.ToArray()).ShouldBeNull();
        RedisRecord.Read(Encoding.ASCII.GetBytes(new string('x', 200))).ShouldBeNull();
        RedisRecord.Read([]).ShouldBeNull();
    }

    private static RecordedEvent Written(Guid id, EventPosition position) => new()
    {
        Id = Identifiers.Next(),
        StreamId = id,
        Version = 1,
        Name = "note_written",
        Data = new NoteWritten("new"),
        Timestamp = DateTimeOffset.UnixEpoch,
        Position = position,
    };

    private static CacheFill Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string TextOf(CacheEntry? entry) => Encoding.UTF8.GetString(entry!.Body.Span);

    private static ValueTask<CacheFill?> Nothing(CancellationToken cancellationToken) => ValueTask.FromResult<CacheFill?>(null);

    private ValueTask<CacheEntry?> GetAsync(
        ReadModelCache cache,
        string key,
        EventPosition? required = null,
        Func<CancellationToken, ValueTask<CacheFill?>>? fill = null,
        CachePolicy? policy = null,
        CancellationToken cancellationToken = default) => cache.GetOrFillAsync(
        key,
        new CallContext { Required = required },
        token =>
        {
            Interlocked.Increment(ref _fills);
            return fill is null ? ValueTask.FromResult<CacheFill?>(Text(key)) : fill(token);
        },
        policy ?? Minute,
        cancellationToken);

    private ReadModelCache Cache(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build();
        var options = Options.Create(configuration.GetSection("Cache").Get<CacheOptions>() ?? new CacheOptions());
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        return new ReadModelCache(
            options,
            new RedisLevel(configuration, options, _time, NullLogger<RedisLevel>.Instance),
            [new NoteInvalidation()],
            _time,
            meters,
            NullLogger<ReadModelCache>.Instance);
    }
}
