// The library's components that only this face uses.
import '@mantine/core/styles/FloatingIndicator.layer.css';
import '@mantine/core/styles/Fieldset.layer.css';
import '@mantine/core/styles/Skeleton.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';
import '@mantine/core/styles/Pill.layer.css';
import '@mantine/core/styles/SegmentedControl.layer.css';
