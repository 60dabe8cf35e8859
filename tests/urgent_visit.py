"""A hypertension visit that has to be referred at once: pressure 182/114, nothing else out of the ordinary."""

from collections.abc import Mapping
from typing import Any

URGENT: Mapping[str, Any] = {
    "visit_method": "1",
    "symptoms": ["2"],
    "systolic_bp": 182,
    "diastolic_bp": 114,
    "heart_rate": 78,
    "smoking_current": 0,
    "drinking_current": 0,
    "exercise_times_current": 3,
    "exercise_minutes_current": 30,
    "salt_current": "2",
    "psychological_adjustment": "1",
    "compliance_behavior": "1",
    "medication_adherence": "1",
    "adverse_drug_reaction": "1",
}
"""Without its day, its class, the next appointment and the signature."""
