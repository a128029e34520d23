"""What every simulator is made of: answers, faults, clock, journal, control, pages, serving."""
