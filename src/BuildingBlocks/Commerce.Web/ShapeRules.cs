using System.Linq.Expressions;
using FluentValidation;

namespace Commerce.Web;

/// <summary>
/// Rules of shape for what many requests bring. Each is told once and kept twice: as a look that only says whether all is right, and as the rule that says what
/// is wrong. Nearly every request is right, and to find no fault in it must not build what would tell of one.
/// </summary>
/// <typeparam name="T">What is looked at.</typeparam>
public abstract class ShapeRules<T> : AbstractValidator<T>
{
    private readonly List<Func<T, bool>> _looks = [];

    /// <summary>Whether every rule holds.</summary>
    public bool Fits(T value)
    {
        foreach (var look in _looks)
        {
            if (!look(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A field that must be so.</summary>
    protected void Field<TValue>(Expression<Func<T, TValue>> field, Func<TValue, bool> isRight, string message)
    {
        ArgumentNullException.ThrowIfNull(field);
        RuleFor(field).Must(isRight).WithMessage(message);
        var read = field.Compile();
        _looks.Add(value => isRight(read(value)));
    }

    /// <summary>A list, or none, of which each element must be so.</summary>
    protected void Elements<TElement>(Expression<Func<T, IEnumerable<TElement>?>> field, Func<TElement, bool> isRight, string message)
    {
        ArgumentNullException.ThrowIfNull(field);
        RuleForEach(field).Must(isRight).WithMessage(message);
        var read = field.Compile();
        _looks.Add(value => read(value)?.All(isRight) != false);
    }

    /// <summary>A part with rules of its own; one that is not there breaks none of them.</summary>
    protected void Part<TPart>(Expression<Func<T, TPart?>> field, ShapeRules<TPart> rules)
        where TPart : class
    {
        ArgumentNullException.ThrowIfNull(field);
        RuleFor(field).SetValidator(rules!);
        var read = field.Compile();
        _looks.Add(value => read(value) is not { } part || rules.Fits(part));
    }

    /// <summary>A list of parts with rules of their own, of which none may be missing.</summary>
    protected void Parts<TPart>(Expression<Func<T, IReadOnlyList<TPart>>> field, ShapeRules<TPart> rules, string missing)
        where TPart : class
    {
        ArgumentNullException.ThrowIfNull(field);
        RuleForEach(Expression.Lambda<Func<T, IEnumerable<TPart>>>(field.Body, field.Parameters)).NotNull().WithMessage(missing).SetValidator(rules);
        var read = field.Compile();
        _looks.Add(value =>
        {
            var parts = read(value);
            for (var i = 0; i < parts.Count; i++)
            {
                if (parts[i] is not { } part || !rules.Fits(part))
                {
                    return false;
                }
            }

            return true;
        });
    }
}
