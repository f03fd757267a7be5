using Commerce.EventStore;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Commerce.ReadModels;

/// <summary>Registration.</summary>
public static class ReadModelServices
{
    /// <summary>Connections, migrations, the cache and the health checks <c>postgres</c>, <c>cache</c> and <c>redis</c>. Settings: <c>ConnectionStrings:Postgres</c>, <c>ConnectionStrings:Redis</c> (optional), section <c>Cache</c>.</summary>
    public static IServiceCollection AddReadModels(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        DapperMapping.Apply();
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<CacheOptions>(configuration.GetSection("Cache"));
        services.AddSingleton(_ => new RoleConnections(configuration));
        services.AddSingleton(new ModuleSchema(ModuleSchema.Events, typeof(IEventStore).Assembly, []));
        services.AddSingleton<IDatabaseMigrator, SchemaMigrator>();
        services.AddOptions<EventStoreOptions>().PostConfigure<RoleConnections>((options, roles) =>
        {
            if (options.ConnectionString.Length == 0)
            {
                options.ConnectionString = roles.For(ModuleSchema.RoleOf(ModuleSchema.Events), options.MaxPoolSize);
            }
        });
        services.AddMetrics();
        services.AddSingleton<RedisLevel>();
        services.AddHostedService(provider => provider.GetRequiredService<RedisLevel>());
        services.AddSingleton<ReadModelCache>();
        services.AddSingleton<IReadModelCache>(provider => provider.GetRequiredService<ReadModelCache>());
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<ReadModelCache>());
        services.AddSingleton<CacheTail>();
        services.AddHostedService(provider => provider.GetRequiredService<CacheTail>());
        services.AddHealthChecks()
            .AddCheck<DatabaseHealth>("postgres", HealthStatus.Unhealthy, ["ready"])
            .AddCheck<CacheHealth>("cache", HealthStatus.Degraded, ["ready"]);
        if (!string.IsNullOrEmpty(configuration.GetConnectionString("Redis")))
        {
            services.AddHealthChecks().AddCheck<RedisHealth>("redis", HealthStatus.Degraded, ["ready"]);
        }

        return services;
    }

    /// <summary>
    /// A module's schema, role and pool: <see cref="ModuleDatabase{TModule}"/>. The scripts are those embedded as <c>Schema/*.sql</c> in the assembly of
    /// <typeparamref name="TModule"/>.
    /// </summary>
    /// <typeparam name="TModule">Any type of the module's assembly.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="schema">The schema's name; the role is <c>commerce_{schema}</c>.</param>
    /// <param name="extensions">PostgreSQL extensions that the scripts use, created in <c>public</c> where the server has them.</param>
    public static IServiceCollection AddModuleDatabase<TModule>(this IServiceCollection services, string schema, params string[] extensions)
    {
        var module = new ModuleSchema(schema, typeof(TModule).Assembly, extensions);
        services.AddSingleton(module);
        return services.AddSingleton(provider => new ModuleDatabase<TModule>(
            module,
            new NpgsqlDataSourceBuilder(provider.GetRequiredService<RoleConnections>()
                .For(module.Role, provider.GetRequiredService<IOptions<CacheOptions>>().Value.ModulePoolSize))
            {
                Name = module.Role,
            }.UseLoggerFactory(provider.GetService<ILoggerFactory>()).Build()));
    }
}

/// <summary>What Dapper has to know of the house's tables, once per process.</summary>
internal static class DapperMapping
{
    public static void Apply()
    {
        // Columns are snake_case, records are not.
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new UtcInstant());
        SqlMapper.AddTypeHandler(new PlainArray<string>());
        SqlMapper.AddTypeHandler(new PlainArray<Guid>());
    }

    /// <summary>Npgsql hands out <c>timestamptz</c> as a UTC <see cref="DateTime"/>; the house works with <see cref="DateTimeOffset"/>.</summary>
    private sealed class UtcInstant : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value is DateTimeOffset instant ? instant : new DateTimeOffset(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc));

        public override void SetValue(System.Data.IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.UtcDateTime;
    }

    /// <summary>Npgsql announces every array column as <see cref="Array"/>, in which Dapper does not recognise a record's array.</summary>
    private sealed class PlainArray<T> : SqlMapper.TypeHandler<T[]>
    {
        public override T[] Parse(object value) => (T[])value;

        public override void SetValue(System.Data.IDbDataParameter parameter, T[]? value) => parameter.Value = value ?? (object)DBNull.Value;
    }
}
