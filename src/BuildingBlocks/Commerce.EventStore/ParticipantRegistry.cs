namespace Commerce.EventStore;

/// <summary>Who answers which question inside a decision.</summary>
public sealed class ParticipantRegistry
{
    private readonly Dictionary<Type, object> _byQuestion = [];

    /// <summary>Collects the participants that the modules registered.</summary>
    /// <exception cref="InvalidOperationException">Two participants answer one question.</exception>
    public ParticipantRegistry(IEnumerable<ParticipantRegistration> registrations)
    {
        foreach (var registration in registrations)
        {
            if (!_byQuestion.TryAdd(registration.Question, registration.Participant))
            {
                throw new InvalidOperationException($"Two participants answer {registration.Question}.");
            }
        }
    }

    internal IParticipant<TQuestion, TAnswer> For<TQuestion, TAnswer>() =>
        _byQuestion.TryGetValue(typeof(TQuestion), out var participant) && participant is IParticipant<TQuestion, TAnswer> typed
            ? typed
            : throw new InvalidOperationException($"No module answers {typeof(TQuestion)} with {typeof(TAnswer)}.");

    internal void Touch<TQuestion>(TQuestion question, Touches touches)
        where TQuestion : notnull
    {
        if (!_byQuestion.TryGetValue(typeof(TQuestion), out var participant))
        {
            throw new InvalidOperationException($"No module answers {typeof(TQuestion)}.");
        }

        ((ITouch<TQuestion>)participant).Touch(question, touches);
    }
}

/// <summary>One question and the participant that answers it.</summary>
public sealed record ParticipantRegistration(Type Question, object Participant);
