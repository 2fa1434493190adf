"""One module a flow, one function a service task: (case, data, **arguments) -> what to add to the data, or None."""
