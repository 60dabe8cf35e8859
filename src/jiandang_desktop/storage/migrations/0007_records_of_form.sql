-- Everybody's records of one form in order of their dates: referrals that wait, activities, figures of a period.
CREATE INDEX records_of_form ON records (form_id, event_date);
