using System.Diagnostics.CodeAnalysis;

namespace Commerce.Outcomes;

/// <summary>What generic pipeline code needs to know of an outcome without knowing its value type.</summary>
/// <typeparam name="TSelf">The outcome type itself.</typeparam>
public interface IOutcome<out TSelf>
{
    /// <summary>The refusal, or null when there is a value.</summary>
    Refusal? Refusal { get; }

    /// <summary>An outcome that carries this refusal.</summary>
    static abstract TSelf Refused(Refusal refusal);
}

/// <summary>Nothing to say beyond success.</summary>
public readonly record struct Done;

/// <summary>The one result type of the solution: a value or a <see cref="Outcomes.Refusal"/>.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct Outcome<T> : IOutcome<Outcome<T>>
{
    private readonly T? _value;

    private Outcome(T? value, Refusal? refusal)
    {
        _value = value;
        Refusal = refusal;
    }

    /// <inheritdoc />
    public Refusal? Refusal { get; }

    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsSuccess => Refusal is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">The outcome is a refusal.</exception>
    public T Value => Refusal is null ? _value! : throw new InvalidOperationException($"Refused: {Refusal}");

    /// <inheritdoc />
    public static Outcome<T> Refused(Refusal refusal) => new(default, refusal ?? throw new ArgumentNullException(nameof(refusal)));

    /// <summary>The value through <paramref name="map"/>, or the same refusal.</summary>
    public Outcome<TNext> Map<TNext>(Func<T, TNext> map) => Refusal is null ? map(_value!) : Outcome<TNext>.Refused(Refusal);

    /// <summary>The next step's outcome, or the same refusal.</summary>
    public Outcome<TNext> Then<TNext>(Func<T, Outcome<TNext>> next) => Refusal is null ? next(_value!) : Outcome<TNext>.Refused(Refusal);

    /// <summary>Both cases turned into one value.</summary>
    public TResult Match<TResult>(Func<T, TResult> success, Func<Refusal, TResult> refused) => Refusal is null ? success(_value!) : refused(Refusal);

    /// <summary>A value is a success.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>A refusal is a refused outcome.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) => Refused(refusal);
}
