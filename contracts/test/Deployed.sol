// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";

import {IGate} from "../src/interfaces/IGate.sol";
import {IKeyNetwork} from "../src/interfaces/IKeyNetwork.sol";
import {IOperators} from "../src/interfaces/IOperators.sol";
import {IPolicy} from "../src/interfaces/IPolicy.sol";
import {IBatchSettlement} from "../src/settlement/IBatchSettlement.sol";
import {KeyNode} from "../src/Types.sol";
import {ILedger} from "./ILedger.sol";

/// @dev Deploys the code that ships, by its artifacts. Under coverage it deploys what that run has compiled itself, as far
/// as it has: only there does forge know which line an instruction comes from (see ../coverage.ts).
abstract contract Deployed {
    Vm private constant cheats = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function deployPolicy(address owner, uint16 feeBps, bytes32[] memory accountCode)
        internal
        returns (IPolicy)
    {
        return IPolicy(deployArtifact("Policy", abi.encode(owner, feeBps, accountCode)));
    }

    function deployWorks(
        address money,
        address operators,
        address treasury,
        address policy,
        string memory metadataBase
    ) internal returns (ILedger) {
        bytes memory args = abi.encode(money, operators, treasury, policy, metadataBase);
        return ILedger(deployArtifact("Works", args));
    }

    function deployOperators(address money, uint256 minimumBond, address owner, address slashedTo)
        internal
        returns (IOperators)
    {
        return IOperators(deployArtifact("Operators", abi.encode(money, minimumBond, owner, slashedTo)));
    }

    function deployGate(address works, address operators, address admissions) internal returns (IGate) {
        return IGate(deployArtifact("Gate", abi.encode(works, operators, admissions)));
    }

    function deployKeyNetwork(
        address owner,
        KeyNode[] memory nodes,
        uint256 threshold,
        bytes memory networkKey
    ) internal returns (IKeyNetwork) {
        return IKeyNetwork(deployArtifact("KeyNetwork", abi.encode(owner, nodes, threshold, networkKey)));
    }

    function deploySettlement() internal returns (IBatchSettlement) {
        return IBatchSettlement(deployArtifact("BatchSettlement", ""));
    }

    /// @dev Reverts as the constructor does.
    function deployArtifact(string memory name, bytes memory args) internal returns (address deployed) {
        return this.create(abi.encodePacked(codeOf(name), args));
    }

    function codeOf(string memory name) private view returns (bytes memory) {
        string memory built = string.concat("out/", name, ".sol/", name, ".json");
        if (!cheats.envOr("GRIMOIRE_COVERAGE", false)) return cheats.getCode(built);
        try cheats.getCode(string.concat(name, ".sol:", name)) returns (bytes memory code) {
            return code;
        } catch {
            // A run of coverage leaves the largest contracts out of what it compiles; these are deployed as built.
            return cheats.getCode(built);
        }
    }

    /// @dev A call of its own, so that `expectRevert` meets the creation and nothing before it.
    function create(bytes memory code) external returns (address deployed) {
        assembly ("memory-safe") {
            deployed := create(0, add(code, 0x20), mload(code))
            if iszero(deployed) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }
}
